import { randomUUID } from 'node:crypto';
import { connect, EventBusClient, type WaybillClient } from '../../../src/client/index.js';

export interface LoadTargets {
  /** Of gRPC and of the event bus. */
  readonly grpc: string;
  readonly eventBus: string;
  /** May do everything. */
  readonly owner: Credentials;
  /** May publish one message a second, and nothing else. */
  readonly limited: Credentials;
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const SUBJECT = 'orders.eu';
const PER_ROUND = 20;

/** A little of everything that clients do, mistakes included, round after round. */
export class EverydayLoad {
  readonly #owner: WaybillClient;
  readonly #limited: WaybillClient;
  readonly #stranger: WaybillClient;
  readonly #bus: EventBusClient;
  readonly #badBus: EventBusClient;
  readonly #subscriptions: Promise<void>[] = [];
  readonly #ended = new AbortController();
  readonly #stream = `work-${randomUUID()}`;

  private constructor({ grpc, owner, limited }: LoadTargets, bus: EventBusClient, badBus: EventBusClient) {
    this.#owner = connect({ address: grpc, ownConnection: true, credentials: owner });
    this.#limited = connect({ address: grpc, ownConnection: true, credentials: limited });
    this.#stranger = connect({ address: grpc, ownConnection: true });
    this.#bus = bus;
    this.#badBus = badBus;
  }

  static async start(targets: LoadTargets): Promise<EverydayLoad> {
    const bus = await EventBusClient.connect({ address: targets.eventBus, credentials: targets.owner });
    const wrong = { ...targets.owner, clientSecret: 'guessed' };
    const badBus = await EventBusClient.connect({ address: targets.eventBus, credentials: wrong });
    const load = new EverydayLoad(targets, bus, badBus);
    await load.#owner.streams.create({ name: load.#stream });
    await bus.createStream(`${load.#stream} over TCP`);
    await load.#subscribe();
    return load;
  }

  async round(): Promise<void> {
    await Promise.all([this.#publish(), this.#read(), this.#mistakes(), this.#processEvents(), this.#processOverTcp()]);
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#subscriptions);
    for (const client of [this.#owner, this.#limited, this.#stranger, this.#bus, this.#badBus]) client.close();
  }

  /** One that is live, one by pattern, and one that begins in the log. */
  async #subscribe(): Promise<void> {
    await this.#owner.publish({ subject: SUBJECT, body: 'first' });
    for (const [subject, from] of [
      [SUBJECT, 'new'],
      ['orders.*', 'new'],
      [SUBJECT, 'earliest'],
    ] as const) {
      const subscription = this.#owner.subscribe({ subjects: [subject], from }, { signal: this.#ended.signal });
      this.#subscriptions.push(drain(subscription.messages()));
    }
  }

  async #publish(): Promise<void> {
    const message = { subject: SUBJECT, body: 'tea' };
    await Promise.all(Array.from({ length: PER_ROUND }, () => this.#owner.publish(message)));
    await this.#owner.publishBatch([message, message]);
    const stream = this.#owner.publishStream();
    await Promise.all([stream.send([message, message]), stream.send([message])]);
    await stream.close();
  }

  async #read(): Promise<void> {
    await this.#owner.fetch(SUBJECT, 1);
    await this.#owner.list({ subject: SUBJECT });
    await this.#owner.admin.serverInfo();
    await this.#owner.health();
  }

  async #mistakes(): Promise<void> {
    await Promise.all([
      refused(this.#owner.fetch(SUBJECT, 1_000_000_000)),
      refused(this.#owner.publish({ subject: SUBJECT, body: '', expectedLastId: 0 })),
      refused(this.#owner.streams.create({ name: this.#stream })),
      refused(this.#stranger.publish({ subject: SUBJECT, body: '' })),
      refused(this.#limited.fetch(SUBJECT, 1)),
      refused(this.#badBus.createStream('never')),
      refused(this.#bus.createStream(`${this.#stream} over TCP`)),
      ...Array.from({ length: 3 }, () => refused(this.#limited.publish({ subject: SUBJECT, body: '' }))),
    ]);
  }

  async #processEvents(): Promise<void> {
    const { streams } = this.#owner;
    await Promise.all([1, 2, 3].map((e) => streams.write(this.#stream, JSON.stringify({ e }))));
    const { events, lease } = await streams.process({ stream: this.#stream, leaseMs: 10_000 });
    for (const [index, { id }] of events.entries()) {
      const status = index % 2 === 0 ? 'processed' : 'retry';
      await streams.mark(id, status, lease === undefined ? {} : { leaseId: lease.id });
    }
    for (const { id } of (await streams.retry({ stream: this.#stream })).events) await streams.mark(id, 'processed');
  }

  async #processOverTcp(): Promise<void> {
    const name = `${this.#stream} over TCP`;
    await this.#bus.writeEvent(name, '{"e":1}');
    const { events } = await this.#bus.processEvents(name);
    for (const { id } of events) await this.#bus.markEvent(id, 1);
  }
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _message of messages);
}

/** Most of the time: a limit lets some through. */
async function refused(call: Promise<unknown>): Promise<void> {
  await call.catch(() => undefined);
}
