import type { PublishStream, WaybillClient } from '../../../src/client/index.js';
import { encodeSubscribeRequest } from '../../../src/client/subscribe-request.js';
import { decodeSubscribeResponse, type SubscriptionFrame } from '../../../src/client/wire/subscribe-decoder.js';
import { encodeStamp, decodeStamp, type Stamp } from './stamp.js';
import type { RawStream, StreamConnection } from './stream-connection.js';

/** Messages of the same subject share a number, which their bodies carry. */
export interface SwarmSubject {
  readonly name: string;
  readonly number: number;
  published: number;
  readonly subscribers: SwarmSubscriber[];
}

export type Contract = 'broker' | 'waybill.v1';

/** One stream of the swarm: it must see every message of its subjects exactly once and in order. */
export class SwarmSubscriber {
  readonly contract: Contract;
  /** Kinds of the frames without messages, in order; of `waybill.v1` alone. */
  readonly events: SubscriptionFrame['kind'][] = [];
  readonly #seen = new Map<number, number>();
  /** Messages that it must have got by now. */
  due = 0;
  received = 0;

  constructor(
    readonly name: string,
    contract: Contract,
    subjects: readonly SwarmSubject[],
  ) {
    this.contract = contract;
    for (const { number } of subjects) this.#seen.set(number, 0);
  }

  /** What is wrong with this message coming now, if anything. */
  see({ subject, sequence }: Stamp): string | undefined {
    const last = this.#seen.get(subject);
    this.received++;
    if (last === undefined) return `${this.name} got a message of subject ${subject}, which it did not ask for`;
    this.#seen.set(subject, sequence);
    return sequence === last + 1 ? undefined : `${this.name} got ${subject}/${sequence} after ${subject}/${last}`;
  }
}

const NOBODY: Pick<SwarmSubscriber, 'due' | 'received'> = { due: 0, received: 0 };

const PATHS: Readonly<Record<Contract, string>> = {
  broker: '/broker.Broker/Subscribe',
  'waybill.v1': '/waybill.v1.BrokerService/Subscribe',
};

/** Many subscribers and one publisher that knows what each of them must get. */
export class Swarm {
  readonly subscribers: SwarmSubscriber[] = [];
  readonly violations: string[] = [];
  readonly #stream: PublishStream;
  readonly #subjects = new Map<string, SwarmSubject>();
  #due = 0;
  #received = 0;
  #standing = 0;
  #waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];
  /** Told of every message that a subscriber gets. */
  onReceived: (subscriber: SwarmSubscriber, stamp: Stamp) => void = () => {};
  failure: unknown;

  constructor(publisher: WaybillClient) {
    this.#stream = publisher.publishStream();
  }

  /** Messages that subscribers must have got by now, and those that they have got. */
  get progress(): { readonly due: number; readonly received: number; readonly standing: number } {
    return { due: this.#due, received: this.#received, standing: this.#standing };
  }

  subject(name: string): SwarmSubject {
    let subject = this.#subjects.get(name);
    if (subject === undefined) {
      subject = { name, number: this.#subjects.size, published: 0, subscribers: [] };
      this.#subjects.set(name, subject);
    }
    return subject;
  }

  /** Before anything is published to its subjects. Until the stream is allowed more it gets 64 KiB. */
  subscribe(
    connection: StreamConnection,
    contract: Contract,
    names: readonly string[],
  ): { readonly subscriber: SwarmSubscriber; readonly stream: RawStream } {
    const subjects = names.map((name) => this.subject(name));
    const subscriber = new SwarmSubscriber(`${contract} ${this.subscribers.length}`, contract, subjects);
    this.subscribers.push(subscriber);
    for (const subject of subjects) subject.subscribers.push(subscriber);
    const request = contract === 'broker' ? compatRequest(names[0]!) : encodeSubscribeRequest({ subjects: names });
    const stream = connection.open(PATHS[contract], request, {
      onHeaders: () => {
        if (contract === 'broker') this.#stands();
      },
      onMessage: (message) => {
        if (contract === 'broker') this.#see(subscriber, compatBody(message));
        else this.#seeFrame(subscriber, message);
      },
      onEnd: () => this.#ended(subscriber),
    });
    return { subscriber, stream };
  }

  /** Waits for credit. Rejects when the server has refused anything. */
  async publish(name: string, bytes?: number): Promise<void> {
    await this.#stream.ready();
    if (this.failure !== undefined) throw this.failure;
    const subject = this.subject(name);
    subject.published++;
    this.#due += subject.subscribers.length;
    for (const subscriber of subject.subscribers) subscriber.due++;
    const stamp = { subject: subject.number, sequence: subject.published, sentMs: performance.now() };
    this.#stream.send([{ subject: name, body: encodeStamp(stamp, bytes) }]).then(
      ({ failures }) => (this.failure ??= failures[0]?.error),
      (error: unknown) => (this.failure ??= error),
    );
  }

  /** Resolves when every subscription stands. */
  async allStanding(): Promise<void> {
    await this.#until(() => this.#standing === this.subscribers.length);
  }

  /** Resolves when everybody, `except` that one, has got everything that was published, or after a violation. */
  async allReceived(except = NOBODY): Promise<void> {
    await this.#until(() => this.violations.length > 0 || this.#received - except.received >= this.#due - except.due);
  }

  /** Ends publishing; streams may end from now on. */
  async close(): Promise<void> {
    this.#ended = () => {};
    await this.#stream.close();
  }

  async #until(condition: () => boolean): Promise<void> {
    if (!condition()) await new Promise<void>((resolve) => this.#waiting.push({ condition, resolve }));
  }

  #seeFrame(subscriber: SwarmSubscriber, message: Buffer): void {
    const frame = decodeSubscribeResponse(message);
    if (frame === undefined) return;
    if (frame.kind === 'batch') {
      for (const { body } of frame.messages) this.#see(subscriber, body);
      return;
    }
    subscriber.events.push(frame.kind);
    if (frame.kind === 'confirmed') this.#stands();
  }

  #see(subscriber: SwarmSubscriber, body: Buffer): void {
    const stamp = decodeStamp(body);
    const violation = subscriber.see(stamp);
    if (violation !== undefined) this.violations.push(violation);
    this.onReceived(subscriber, stamp);
    this.#received++;
    this.#wake();
  }

  #stands(): void {
    this.#standing++;
    this.#wake();
  }

  #ended = (subscriber: SwarmSubscriber): void => {
    this.violations.push(`${subscriber.name} was ended`);
  };

  #wake(): void {
    const met = this.#waiting.filter(({ condition }) => condition());
    if (met.length === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}

/** `broker.SubscribeRequest` */
function compatRequest(subject: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, subject.length]), Buffer.from(subject)]);
}

/** The body in a `broker.MessageResponse`. */
function compatBody(message: Buffer): Buffer {
  let at = 1;
  while (message[at]! >= 0x80) at++;
  return message.subarray(at + 1);
}
