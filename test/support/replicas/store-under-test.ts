import { CassandraServer } from '../services/cassandra-server.js';
import { PostgresServer } from '../services/postgres-server.js';
import { RedisServer } from '../services/redis-server.js';
import { TcpProxy } from '../tcp-proxy.js';
import type { FaultLog } from './fault-log.js';
import { HintBlackhole } from './hint-blackhole.js';
import { cutNotifications, LISTENER_NAME } from './notification-cutter.js';

export const SHARED_STORAGES = ['postgres', 'redis', 'cassandra'] as const;

export type SharedStorage = (typeof SHARED_STORAGES)[number];

/** A server of `test/support/services`. */
interface StoreServer {
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Swallows what wakes brokers, and lets it through again. */
interface NotificationPath {
  blackhole(on: boolean): void;
  close(): Promise<void>;
}

interface Parts {
  readonly storage: SharedStorage;
  readonly address: string;
  readonly flags: readonly string[];
  readonly server: StoreServer;
  readonly notifications?: NotificationPath;
}

/** A database of its own for the replicas of one run, which is killed and held while they use it. */
export class StoreUnderTest {
  readonly storage: SharedStorage;
  /** Of `waybill serve`. */
  readonly flags: readonly string[];
  /** Where clients find it: a URL, of Cassandra `host:port`. */
  readonly address: string;
  readonly #server: StoreServer;
  readonly #notifications: NotificationPath | undefined;
  #disturbances = 0;

  private constructor({ storage, address, flags, server, notifications }: Parts) {
    this.storage = storage;
    this.address = address;
    this.flags = ['--storage', storage, ...flags];
    this.#server = server;
    this.#notifications = notifications;
  }

  /**
   * Empty, and such that it loses nothing when it is killed.
   *
   * @param options.proxied what wakes brokers can be swallowed by {@link blackhole}
   */
  static async start(storage: SharedStorage, { proxied = false } = {}): Promise<StoreUnderTest> {
    switch (storage) {
      case 'postgres': {
        const server = await PostgresServer.start();
        const { url } = server;
        const listening = `${url}?application_name=${LISTENER_NAME}`;
        const through = proxied ? await TcpProxy.before(listening) : undefined;
        const flags = ['--postgres-url', url, '--postgres-listen-url', through?.url ?? listening];
        const parts = { storage, address: url, flags, server };
        if (through === undefined) return new StoreUnderTest(parts);
        const { proxy } = through;
        return new StoreUnderTest({
          ...parts,
          notifications: {
            blackhole: (on) => (proxy.mode = on ? 'blackhole' : 'forward'),
            close: () => proxy.close(),
          },
        });
      }
      case 'redis': {
        const server = await RedisServer.start({ appendfsync: 'always' });
        const { url } = server;
        const through = proxied ? await HintBlackhole.before(url) : undefined;
        const parts = { storage, address: url, flags: ['--redis-url', through?.url ?? url], server };
        if (through === undefined) return new StoreUnderTest(parts);
        const { blackhole } = through;
        return new StoreUnderTest({
          ...parts,
          notifications: { blackhole: (on) => (blackhole.swallowing = on), close: () => blackhole.close() },
        });
      }
      case 'cassandra': {
        // With the other commit logs it acknowledges what is not on disk yet, and relies on other nodes.
        const server = await CassandraServer.start({ commitlog: 'batch' });
        const { contactPoint } = server;
        const flags = ['--cassandra-contact-points', contactPoint];
        return new StoreUnderTest({ storage, address: contactPoint, flags, server });
      }
    }
  }

  /** Grows with every kill and pause. */
  get disturbances(): number {
    return this.#disturbances;
  }

  /** kill -9; {@link restart} brings it back. */
  async kill(log: FaultLog): Promise<void> {
    this.#disturbances++;
    log.add('store killed');
    await this.#server.kill();
  }

  async restart(log: FaultLog): Promise<void> {
    await this.#server.restart();
    log.add('store is back');
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(log: FaultLog): void {
    this.#disturbances++;
    log.add('store paused');
    this.#server.pause();
  }

  resume(log: FaultLog): void {
    this.#server.resume();
    log.add('store is back');
  }

  /** Ends the connections on which brokers are woken; they come back by themselves. */
  async cutNotifications(log: FaultLog): Promise<void> {
    log.add('notifications cut', `${await cutNotifications(this.storage, this.address)} connections`);
  }

  /** Swallows what wakes brokers, without closing a connection, or lets it through again. */
  blackhole(on: boolean, log: FaultLog): void {
    if (this.#notifications === undefined) throw new Error(`${this.storage} was not started behind a proxy`);
    log.add(on ? 'notifications swallowed' : 'notifications are back');
    this.#notifications.blackhole(on);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.#notifications?.close();
    await this.#server.stop();
  }
}
