import type { BrokerError } from '../core/errors.js';
import type { Message } from '../core/message.js';

/**
 * A message on its way to subscribers. Those that are served live share one instance, so a protocol encodes it once and
 * keeps the result here for the others.
 */
export class Delivery {
  /** The frame of `broker.Broker/Subscribe`. */
  compatFrame: Buffer | undefined;
  /** `waybill.v1.Message`, ready to be put into a batch. */
  encoded: Buffer | undefined;

  constructor(readonly message: Message) {}
}

export type SubscriptionEvent =
  | { readonly kind: 'confirmed'; readonly epoch: string }
  | { readonly kind: 'caughtUp' }
  | { readonly kind: 'fellBehind' }
  | { readonly kind: 'truncated'; readonly subject: string; readonly firstAvailableId: number }
  | { readonly kind: 'draining' };

/**
 * The receiving end of a subscription: a protocol's stream. It is called synchronously and must not throw. The order is
 * that of the log: `deliver` … `flush`, events in between, and `end` last, once.
 */
export interface Subscriber {
  /**
   * Whether more may be delivered now. Once it is false the subscription waits until `Subscription.resume()` is called;
   * a subscriber keeps what it was given in bounded memory by turning false in time.
   */
  readonly ready: boolean;
  /** A cursor asked for during the call still stands before this message. */
  deliver(delivery: Delivery): void;
  /** Nothing more comes right now: send what has been collected. `cursor()` is the position after it. */
  flush(cursor: () => string): void;
  event(event: SubscriptionEvent, cursor: () => string): void;
  /** The subscription is over: as asked for (undefined) or because of `error`. */
  end(error: BrokerError | undefined): void;
}

export interface Subscription {
  /** Tells that the subscriber is ready again. */
  resume(): void;
  /** Resumes after everything delivered so far. */
  cursor(): string;
  /** Sends `draining` and ends with DRAINING: the client goes on elsewhere. */
  drain(): void;
  /** Ends it without another call to the subscriber. Idempotent. */
  cancel(): void;
}
