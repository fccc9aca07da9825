import type { ClientRates } from '../auth/client-rates.js';
import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import { BucketTable } from './bucket-table.js';
import type { BucketRate, TokenBucket } from './token-bucket.js';

/** What is limited. */
export const RATES = ['messages', 'bytes'] as const;
export type Rate = (typeof RATES)[number];

/** Told of messages that were refused; telemetry implements it. Must not throw. */
export interface RateObserver {
  rateLimited(rate: Rate, messages: number): void;
}

export interface PublishLimits {
  /** Of every client that has none of its own; 0: without limit. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** A client that was idle may publish at once what the rates give in this time. */
  readonly burstMs: number;
}

export interface PublishLimiterOptions extends PublishLimits {
  /** The limits of one client, as they are now. */
  readonly ratesOf: (clientId: string) => ClientRates | undefined;
  readonly clock: Clock;
  readonly observer: RateObserver;
}

/** Who publishes. */
export interface Publisher {
  readonly access: { readonly clientId: string | undefined };
  /** `address:port`; its address stands for a client that nobody has asked who it is. */
  readonly peer: string;
}

/** The buckets that a message of one client must find tokens in; undefined where there is no limit. */
interface Buckets {
  readonly messages: TokenBucket | undefined;
  readonly bytes: TokenBucket | undefined;
}

/** How many of the messages, from the first on, are taken, and why the others are not. */
export interface Admission {
  readonly taken: number;
  /** Undefined when all are taken. */
  readonly refusal: BrokerError | undefined;
}

const EVERYTHING: Admission = { taken: Infinity, refusal: undefined };

/**
 * Limits what each client publishes, in messages and in bytes per second, over all its connections and protocols. The
 * buckets are this process's own: two replicas let a client publish twice as much.
 */
export class PublishLimiter {
  readonly #options: PublishLimiterOptions;
  readonly #messages = new BucketTable();
  readonly #bytes = new BucketTable();

  constructor(options: PublishLimiterOptions) {
    this.#options = options;
  }

  /**
   * Takes one message.
   *
   * @param bytes of body and headers
   * @throws BrokerError RATE_LIMITED
   */
  take(publisher: Publisher, bytes: number): void {
    const buckets = this.#bucketsOf(publisher);
    if (buckets === undefined) return;
    if (!mayTake(buckets, bytes)) throw this.#refusal(buckets, 1, bytes);
    buckets.messages?.take(1);
    buckets.bytes?.take(bytes);
  }

  /**
   * Takes as many of the messages, from the first on, as there are tokens for, so that none overtakes another.
   *
   * @param sizeOf bytes of body and headers
   */
  takeMany<T>(publisher: Publisher, messages: readonly T[], sizeOf: (message: T) => number): Admission {
    const buckets = this.#bucketsOf(publisher);
    if (buckets === undefined) return EVERYTHING;
    let bytesLeft = 0;
    for (const message of messages) bytesLeft += sizeOf(message);
    if ((buckets.messages?.hasAll(messages.length) ?? true) && (buckets.bytes?.hasAll(bytesLeft) ?? true)) {
      buckets.messages?.take(messages.length);
      buckets.bytes?.take(bytesLeft);
      return EVERYTHING;
    }
    let taken = 0;
    for (const message of messages) {
      const size = sizeOf(message);
      if (!mayTake(buckets, size)) break;
      buckets.messages?.take(1);
      buckets.bytes?.take(size);
      bytesLeft -= size;
      taken++;
    }
    if (taken === messages.length) return EVERYTHING;
    return { taken, refusal: this.#refusal(buckets, messages.length - taken, bytesLeft) };
  }

  #bucketsOf(publisher: Publisher): Buckets | undefined {
    const { ratesOf, clock, burstMs } = this.#options;
    const { clientId } = publisher.access;
    const own = clientId === undefined ? undefined : ratesOf(clientId);
    const messagesPerSecond = own?.messagesPerSecond ?? this.#options.messagesPerSecond;
    const bytesPerSecond = own?.bytesPerSecond ?? this.#options.bytesPerSecond;
    if (messagesPerSecond === 0 && bytesPerSecond === 0) return undefined;
    const client = clientId ?? addressKey(publisher.peer);
    const nowMs = clock.monotonicMs();
    return {
      messages:
        messagesPerSecond === 0 ? undefined : this.#messages.of(client, rateOf(messagesPerSecond, burstMs), nowMs),
      bytes: bytesPerSecond === 0 ? undefined : this.#bytes.of(client, rateOf(bytesPerSecond, burstMs), nowMs),
    };
  }

  /** Tells when all of these messages would be taken, or the bucket be full if they are more than that. */
  #refusal({ messages, bytes }: Buckets, count: number, size: number): BrokerError {
    const messagesMs = messages?.waitMs(count) ?? 0;
    const bytesMs = bytes?.waitMs(size) ?? 0;
    const rate: Rate = messagesMs >= bytesMs ? 'messages' : 'bytes';
    const { perSecond } = (rate === 'messages' ? messages : bytes)!.rate;
    const retryAfterMs = Math.max(1, messagesMs, bytesMs);
    this.#options.observer.rateLimited(rate, count);
    return new BrokerError(
      'RATE_LIMITED',
      `the client publishes more than ${perSecond} ${rate} per second; try again in ${retryAfterMs} ms`,
      { fields: { rate, limit: String(perSecond) }, retryAfterMs },
    );
  }
}

function rateOf(perSecond: number, burstMs: number): BucketRate {
  return { perSecond, capacity: Math.max(1, (perSecond * burstMs) / 1000) };
}

/** No id of a client holds a colon, so none is the same as an address. */
function addressKey(peer: string): string {
  return `:${peer.slice(0, peer.lastIndexOf(':'))}`;
}

function mayTake({ messages, bytes }: Buckets, size: number): boolean {
  return (messages?.has(1) ?? true) && (bytes?.has(size) ?? true);
}
