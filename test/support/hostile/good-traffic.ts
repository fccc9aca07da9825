import { setTimeout as wait } from 'node:timers/promises';
import type { PublishStream, WaybillClient } from '../../../src/client/index.js';
import { Latencies } from '../swarm/latencies.js';

const PUBLISHERS = 4;
/** Between two publishes of one publisher. */
const PAUSE_MS = 20;
/** Every so many publishes go through a stream, as a frame. */
const FRAME_EVERY = 5;

/** Clients of good will, whose every call must succeed while others attack: publishers, and a subscriber of all of it. */
export class GoodTraffic {
  readonly #client: WaybillClient;
  readonly #subject: string;
  readonly #stopping = new AbortController();
  readonly #publishing: Promise<unknown>;
  readonly #subscription: Promise<void>;
  readonly #failures: string[] = [];
  #calls = 0;
  #latencies = new Latencies();
  #published = 0;
  /** Number of the message that ends the subscription. */
  #last = Infinity;
  #received = 0;
  #subscribed = (): void => {};
  readonly #ready = new Promise<void>((resolve) => (this.#subscribed = resolve));

  constructor(client: WaybillClient, subject: string) {
    this.#client = client;
    this.#subject = subject;
    this.#subscription = this.#subscribe();
    this.#publishing = Promise.all(Array.from({ length: PUBLISHERS }, () => this.#publish()));
  }

  /** Resolves when the subscriber is served. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Calls that have succeeded so far. */
  get calls(): number {
    return this.#calls;
  }

  /** What went wrong, in words. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** How long publishes took since the last call of this method. */
  takeLatencies(): Latencies {
    const taken = this.#latencies;
    this.#latencies = new Latencies();
    return taken;
  }

  /** Publishes no more, and waits until the subscriber has got everything. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#publishing;
    this.#last = this.#published + 1;
    await this.#publishOnce();
    await this.#subscription;
    if (this.#received !== this.#published) {
      this.#failures.push(`${this.#published} messages were published and ${this.#received} delivered`);
    }
  }

  async #publish(): Promise<void> {
    await this.#ready;
    const stream = this.#client.publishStream();
    for (let round = 0; !this.#stopping.signal.aborted; round++) {
      await this.#publishOnce(round % FRAME_EVERY === 0 ? stream : undefined);
      await wait(PAUSE_MS);
    }
    await stream.close();
  }

  async #publishOnce(stream?: PublishStream): Promise<void> {
    const startedMs = performance.now();
    try {
      if (stream === undefined) await this.#client.publish({ subject: this.#subject, body: 'good' });
      else await this.#publishFrame(stream);
      this.#published++;
      this.#calls++;
      this.#latencies.add(performance.now() - startedMs);
    } catch (error) {
      this.#failures.push(`publish: ${String(error)}`);
    }
  }

  async #publishFrame(stream: PublishStream): Promise<void> {
    await stream.ready();
    const { failures } = await stream.send([{ subject: this.#subject, body: 'good' }]);
    if (failures.length > 0) throw failures[0]?.error;
  }

  /** Until publishing has stopped and all of it has come. */
  async #subscribe(): Promise<void> {
    const over = new AbortController();
    const everything = (): boolean => this.#received >= this.#last;
    this.#stopping.signal.addEventListener('abort', () => setTimeout(() => over.abort(), 5000).unref());
    const subscription = this.#client.subscribe(
      { subjects: [this.#subject], heartbeatIntervalMs: 1000 },
      { signal: over.signal, resume: false },
    );
    try {
      for await (const frame of subscription) {
        this.#subscribed();
        if (frame.kind === 'batch') {
          for (const { id } of frame.messages) {
            if (id !== ++this.#received) throw new Error(`message ${id} came in place of ${this.#received}`);
          }
        }
        if (everything()) break;
      }
    } catch (error) {
      this.#failures.push(`subscribe: ${String(error)}`);
      this.#subscribed();
    }
  }
}
