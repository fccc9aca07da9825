import { WaybillError, type WaybillClient } from '../../../src/client/index.js';
import { idsTo } from '../numbered-messages.js';

/** A call that failed, as its caller was told. */
export interface FailedCall {
  readonly call: string;
  readonly code: string;
  readonly message: string;
}

const BATCH = 5;
const FRAME = 10;

/**
 * One caller of everything, one call after the other and none of them twice, and one subscriber: what they are told
 * while brokers come and go.
 */
export class RollingLoad {
  readonly failures: FailedCall[] = [];
  calls = 0;
  /** Ids that were acknowledged, by subject, in the order in which they were. */
  readonly #acknowledged = new Map<string, number[]>();
  readonly #delivered = new Map<string, number[]>();
  readonly #client: WaybillClient;
  readonly #name: string;
  readonly #stopping = new AbortController();
  readonly #leaving = new AbortController();
  readonly #running: Promise<void>[] = [];

  /** @param name of its own subjects and stream */
  constructor(client: WaybillClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async start(): Promise<void> {
    await this.#client.streams.create({ name: this.#name });
    const subscription = this.#client.subscribe(
      { subjects: [`${this.#name}.*`], from: 'earliest' },
      { signal: this.#leaving.signal, backoff: { initialMs: 10, maxMs: 200 } },
    );
    const events = subscription[Symbol.asyncIterator]();
    await events.next();
    this.#running.push(this.#callUnary(), this.#publishFrames(), this.#follow(events));
  }

  /** Ends the calls, and resolves when the subscriber has all that was acknowledged. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const [calls, frames, ...followers] = this.#running;
    await Promise.all([calls, frames]);
    while ([...this.#acknowledged].some(([subject, ids]) => (this.#delivered.get(subject)?.length ?? 0) < ids.length)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.#leaving.abort();
    await Promise.all(followers);
  }

  /** Every subject from 1 on without a gap, as the subscriber got it. */
  checkDelivered(): void {
    for (const [subject, ids] of this.#acknowledged) {
      expect({ subject, ids: this.#delivered.get(subject) }).toEqual({ subject, ids: idsTo(ids.length) });
    }
  }

  async #callUnary(): Promise<void> {
    const subject = `${this.#name}.unary`;
    const client = this.#client;
    while (!this.#stopping.signal.aborted) {
      const published = await this.#call('Publish', () => client.publish({ subject, body: 'tea' }));
      if (published !== undefined) this.#acknowledge(subject, [published.id]);
      const messages = Array.from({ length: BATCH }, () => ({ subject, body: 'teas' }));
      const batch = await this.#call('PublishBatch', () => client.publishBatch(messages));
      const ids = batch?.map((one) => ('id' in one ? one.id : 0));
      if (ids !== undefined) this.#acknowledge(subject, ids);
      await this.#call('Fetch', () => client.fetch(subject, 1));
      await this.#call('List', () => client.list({ subject, pageSize: 10 }));
      await this.#call('WriteEvent', () => client.streams.write(this.#name, '{}'));
      await this.#call('ProcessEvents', () => client.streams.process({ stream: this.#name, pageSize: 1 }));
      await this.#call('GetSubject', () => client.admin.getSubject(subject));
    }
  }

  async #call<T>(call: string, work: () => Promise<T>): Promise<T | undefined> {
    this.calls++;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      this.failures.push({ call, code: `${error.codeName} ${error.reason}`, message: error.message });
      return undefined;
    }
  }

  /** One stream after the other: one that drains is left once its frames are acknowledged. */
  async #publishFrames(): Promise<void> {
    const subject = `${this.#name}.frames`;
    while (!this.#stopping.signal.aborted) {
      const stream = this.#client.publishStream();
      while (!this.#stopping.signal.aborted && !stream.draining) {
        const frame = Array.from({ length: FRAME }, () => ({ subject, body: 'tea' }));
        const acked = await this.#call('PublishStream', async () => {
          await stream.ready();
          return stream.send(frame);
        });
        if (acked === undefined) break;
        this.#acknowledge(subject, acked.ids);
      }
      await stream.close();
    }
  }

  async #follow(
    events: AsyncIterator<
      { readonly kind: string; readonly messages?: readonly { readonly subject: string; readonly id: number }[] },
      void
    >,
  ): Promise<void> {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return;
      for (const { subject, id } of next.value.messages ?? []) {
        const ids = this.#delivered.get(subject) ?? [];
        this.#delivered.set(subject, ids);
        ids.push(id);
      }
    }
  }

  #acknowledge(subject: string, ids: readonly number[]): void {
    const all = this.#acknowledged.get(subject) ?? [];
    this.#acknowledged.set(subject, all);
    all.push(...ids);
  }
}
