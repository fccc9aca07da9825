import { CassandraServer } from '../services/cassandra-server.js';
import { PostgresServer } from '../services/postgres-server.js';
import { RedisServer } from '../services/redis-server.js';
import type { FaultLog } from './fault-log.js';
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

/** A database of its own for the replicas of one run, which is killed and held while they use it. */
export class StoreUnderTest {
  readonly storage: SharedStorage;
  /** Of `waybill serve`. */
  readonly flags: readonly string[];
  /** Where clients find it: a URL, of Cassandra `host:port`. */
  readonly address: string;
  readonly #server: StoreServer;
  #disturbances = 0;

  private constructor(storage: SharedStorage, address: string, flags: readonly string[], server: StoreServer) {
    this.storage = storage;
    this.address = address;
    this.flags = ['--storage', storage, ...flags];
    this.#server = server;
  }

  /** Empty, and such that it loses nothing when it is killed. */
  static async start(storage: SharedStorage): Promise<StoreUnderTest> {
    switch (storage) {
      case 'postgres': {
        const server = await PostgresServer.start();
        const listenUrl = `${server.url}?application_name=${LISTENER_NAME}`;
        const flags = ['--postgres-url', server.url, '--postgres-listen-url', listenUrl];
        return new StoreUnderTest(storage, server.url, flags, server);
      }
      case 'redis': {
        const server = await RedisServer.start({ appendfsync: 'always' });
        return new StoreUnderTest(storage, server.url, ['--redis-url', server.url], server);
      }
      case 'cassandra': {
        // With the other commit logs it acknowledges what is not on disk yet, and relies on other nodes.
        const server = await CassandraServer.start({ commitlog: 'batch' });
        const { contactPoint } = server;
        return new StoreUnderTest(storage, contactPoint, ['--cassandra-contact-points', contactPoint], server);
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

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }
}
