import type { Delivery, Subscriber, Subscription, SubscriptionEvent } from '../../src/broker/subscriber.js';
import type { BrokerError } from '../../src/core/errors.js';
import type { Message } from '../../src/core/message.js';

/** Keeps everything it is given; ready for `room` messages until it is given more room. */
export class CollectingSubscriber implements Subscriber {
  readonly messages: Message[] = [];
  readonly events: SubscriptionEvent[] = [];
  /** The cursor of each flush or event, with the number of messages delivered before it. */
  readonly cursors: { readonly cursor: string; readonly delivered: number }[] = [];
  error: BrokerError | undefined;
  ended = false;
  /** Messages that it still takes. */
  room: number;
  subscription: Subscription | undefined;
  #unflushed = 0;
  #changed: (() => void)[] = [];

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room;
  }

  get ready(): boolean {
    return this.room > 0;
  }

  get ids(): number[] {
    return this.messages.map((message) => message.id);
  }

  deliver(delivery: Delivery): void {
    if (this.room <= 0) throw new Error('delivered although not ready');
    if (this.ended) throw new Error('delivered after the end');
    this.room--;
    this.#unflushed++;
    this.messages.push(delivery.message);
  }

  flush(cursor: () => string): void {
    this.#note(cursor());
  }

  event(event: SubscriptionEvent, cursor: () => string): void {
    this.events.push(event);
    this.#note(cursor());
  }

  end(error: BrokerError | undefined): void {
    if (this.ended) throw new Error('ended twice');
    if (this.#unflushed > 0) throw new Error('ended with messages that were not flushed');
    this.ended = true;
    this.error = error;
    this.#notify();
  }

  /** Makes room for more messages. */
  take(count: number): void {
    this.room += count;
    this.subscription?.resume();
  }

  /** Resolves as soon as the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  saw(kind: SubscriptionEvent['kind']): Promise<void> {
    return this.until(() => this.events.some((event) => event.kind === kind));
  }

  #note(cursor: string): void {
    this.#unflushed = 0;
    this.cursors.push({ cursor, delivered: this.messages.length });
    this.#notify();
  }

  #notify(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
