import { connect, EventBusClient, type WaybillClient } from '../../../src/client/index.js';
import { SubscriptionReader } from '../subscription-reader.js';
import type { Identity } from './certificate-authority.js';
import { type GuardedServer, OWNER } from './guarded-server.js';
import { Worker } from './worker.js';

const STREAM = 'load';

/**
 * Calls of every kind over TLS: on connections that stay open all the time, and each on a connection of its own. Nothing
 * of it is tried a second time.
 */
export class TlsLoad {
  readonly #guarded: GuardedServer;
  readonly #standing: WaybillClient;
  readonly #standingBus: EventBusClient;
  readonly #reader: SubscriptionReader;
  readonly #workers: Worker[] = [];
  /** Of new connections from now on. */
  identity: Identity;

  private constructor(guarded: GuardedServer, identity: Identity, standingBus: EventBusClient) {
    this.#guarded = guarded;
    this.identity = identity;
    this.#standingBus = standingBus;
    this.#standing = this.#connect();
    this.#reader = new SubscriptionReader(this.#standing, { subjects: ['load.*'] }, { resume: false });
  }

  static async start(guarded: GuardedServer, identity: Identity): Promise<TlsLoad> {
    const load = new TlsLoad(guarded, identity, await connectBus(guarded, identity));
    await load.#standing.streams.create({ name: STREAM });
    await load.#reader.untilKind('confirmed');
    load.#work();
    return load;
  }

  /** Every worker has done so many more things. */
  async progress(count: number): Promise<void> {
    const before = this.#workers.map(({ done }) => done);
    await this.#guarded.until(async () => {
      await this.#standing.health();
      return this.#workers.every(
        ({ done, failures }, index) => failures.length > 0 || done >= (before[index] ?? 0) + count,
      );
    });
  }

  /** Ends it; fails unless everything has worked, and everything that was acknowledged is there. */
  async finish(): Promise<void> {
    try {
      await Promise.all(this.#workers.map((worker) => worker.stop()));
      expect(this.#workers.map(({ name, failures }) => [name, failures])).toEqual(
        this.#workers.map(({ name }) => [name, []]),
      );
      const done = (what: string): number =>
        this.#workers.filter(({ name }) => name.startsWith(what)).reduce((sum, worker) => sum + worker.done, 0);
      await this.#reader.untilMessages(done('publish'));
      expect(this.#reader.messages).toHaveLength(done('publish'));
      expect(await this.#standingBus.getStreamInfo(STREAM)).toBeDefined();
      let events = 0;
      for await (const _event of this.#standing.streams.allEvents({ stream: STREAM })) events++;
      expect(events).toBe(done('write'));
    } finally {
      await this.#reader.close();
      this.#standing.close();
      await this.#standingBus.exit();
    }
  }

  #work(): void {
    const add = (name: string, step: () => Promise<void>): void => void this.#workers.push(new Worker(name, step));
    const stream = this.#standing.publishStream();
    for (const subject of ['load.a', 'load.b']) {
      add('publish on a standing connection', async () => void (await this.#standing.publish({ subject, body: 'x' })));
    }
    add('publish in a standing stream', async () => void (await stream.send([{ subject: 'load.stream', body: 'x' }])));
    add('publish on a new connection', async () => {
      const client = this.#connect();
      await client.publish({ subject: 'load.new', body: 'x' });
      client.close();
    });
    add('write on a standing connection', () => this.#standingBus.writeEvent(STREAM, '1'));
    add('write on a new connection', async () => {
      const bus = await connectBus(this.#guarded, this.identity);
      await bus.writeEvent(STREAM, '2');
      await bus.exit();
    });
  }

  #connect(): WaybillClient {
    const { grpc: address } = this.#guarded;
    return connect({ address, credentials: OWNER, ownConnection: true, tls: this.#guarded.tlsAs(this.identity) });
  }
}

function connectBus(guarded: GuardedServer, identity: Identity): Promise<EventBusClient> {
  return EventBusClient.connect({ address: guarded.tcp, credentials: OWNER, tls: guarded.tlsAs(identity) });
}
