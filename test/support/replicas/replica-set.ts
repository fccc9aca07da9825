import { setTimeout as wait } from 'node:timers/promises';
import { WaybillError, type WaybillClient } from '../../../src/client/index.js';
import { BrokerUnderTest, type StartTimes } from '../crash/broker-under-test.js';
import type { Brokers } from '../crash/brokers.js';
import type { Random } from '../random.js';
import type { FaultLog } from './fault-log.js';
import type { Connections } from './replica-clients.js';
import type { StoreUnderTest } from './store-under-test.js';

/** How long one start of a replica took, from the spawn of its process. */
export interface ReplicaStart extends StartTimes {
  /** Until the first publish through it was acknowledged. */
  readonly ackMs: number;
  /** The store was there and running all the while. */
  readonly undisturbed: boolean;
}

/** Published to by nobody but {@link ReplicaSet.start}. */
const PROBE_SUBJECT = 'probe';
const RETRY_PAUSE_MS = 10;

/** Broker processes on one store, each of which is killed and started again at its own address. */
export class ReplicaSet implements Connections {
  /** Every start that was let come to its end. */
  readonly starts: ReplicaStart[] = [];
  /** Rejects when a broker ends by itself or does not start. */
  readonly failed: Promise<never>;
  readonly #replicas: readonly BrokerUnderTest[];
  readonly #store: StoreUnderTest;
  readonly #clients: WaybillClient[] = [];
  #disposed = false;
  #fail: (reason: unknown) => void = () => {};

  private constructor(replicas: readonly BrokerUnderTest[], store: StoreUnderTest) {
    this.#replicas = replicas;
    this.#store = store;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    // Whoever waits is told; nobody need wait.
    this.failed.catch(() => {});
  }

  /** Nothing is started yet. @param flags of `waybill serve`, besides those of the store */
  static async create(count: number, store: StoreUnderTest, flags: readonly string[] = []): Promise<ReplicaSet> {
    const replicas: BrokerUnderTest[] = [];
    while (replicas.length < count) replicas.push(await BrokerUnderTest.create([...store.flags, ...flags]));
    return new ReplicaSet(replicas, store);
  }

  /** Those that have a process now, serving or not. */
  get running(): readonly number[] {
    return [...this.#replicas.keys()].filter((index) => this.#replicas[index]?.pid !== undefined);
  }

  get all(): readonly number[] {
    return [...this.#replicas.keys()];
  }

  /** Process of a replica that runs. */
  pid(index: number): number | undefined {
    return this.#replicas[index]?.pid;
  }

  /** Where each of them serves gRPC, `host:port`. */
  get addresses(): readonly string[] {
    return this.#replicas.map(({ address }) => address);
  }

  adminAddress(index: number): string {
    return this.#replica(index).adminAddress;
  }

  /** For one client: connections to all replicas, of which each turn takes one that serves at random. */
  connect(random: Random): Brokers {
    const clients = this.#replicas.map((replica) => this.#connect(replica));
    return {
      serving: async () => {
        for (;;) {
          const serving = clients.filter((_, index) => this.#replicas[index]?.isServing);
          const client = serving[random.below(serving.length)];
          if (client !== undefined) return client;
          await Promise.race(this.#replicas.map((replica) => replica.serving()));
        }
      },
    };
  }

  /** For one client: a connection to one replica only. */
  connectTo(index: number): Brokers {
    const replica = this.#replica(index);
    const client = this.#connect(replica);
    return { serving: () => replica.serving().then(() => client) };
  }

  /** Resolves when it takes publishes, or when it was killed before. */
  async start(index: number, log: FaultLog): Promise<void> {
    if (this.#disposed) return;
    const replica = this.#replica(index);
    const { disturbances } = this.#store;
    const spawned = performance.now();
    const starting = replica.startUnlessKilled();
    replica.ended().catch(this.#fail);
    const times = await starting.catch((error: unknown) => {
      this.#fail(error);
      throw error;
    });
    if (times === undefined || !(await this.#takesPublishes(replica))) return;
    const ackMs = performance.now() - spawned;
    this.starts.push({ ...times, ackMs, undisturbed: disturbances === this.#store.disturbances });
    log.add('replica serves', `${index}, first acknowledgement ${ackMs.toFixed(0)} ms after its start`);
  }

  /** kill -9, whatever it is doing. */
  async kill(index: number, log: FaultLog): Promise<void> {
    log.add('replica killed', String(index));
    await this.#replica(index).kill();
  }

  /** Kills all; {@link start} does nothing any more. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const client of this.#clients) client.close();
    await Promise.all(this.#replicas.map((replica) => replica.kill()));
  }

  #replica(index: number): BrokerUnderTest {
    const replica = this.#replicas[index];
    if (replica === undefined) throw new Error(`there is no replica ${index}`);
    return replica;
  }

  #connect(replica: BrokerUnderTest): WaybillClient {
    const client = replica.connect();
    this.#clients.push(client);
    return client;
  }

  /** False when it was killed before. */
  async #takesPublishes(replica: BrokerUnderTest): Promise<boolean> {
    const client = replica.connect();
    try {
      while (replica.isServing) {
        try {
          await client.publish({ subject: PROBE_SUBJECT, body: 'x' });
          return true;
        } catch (error) {
          if (!(error instanceof WaybillError)) throw error;
          await wait(RETRY_PAUSE_MS);
        }
      }
      return false;
    } finally {
      client.close();
    }
  }
}
