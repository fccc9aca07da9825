import type { PublishSpan } from '../core/tracing.js';

/** A stream as its users know it. Everything here stays the same for as long as the stream lives. */
export interface Stream {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly createdTimeUs: number;
  /** Life of an event from its creation; 0 keeps events until the stream is deleted. */
  readonly eventTtlUs: number;
  /** The subject whose messages the events are. */
  readonly subject: string;
}

export const UNPROCESSED = 0;
export const PROCESSED = 1;
export const RETRY = 2;
export type EventStatus = typeof UNPROCESSED | typeof PROCESSED | typeof RETRY;

export interface StreamEvent {
  /** UUID, which names stream and message. */
  readonly id: string;
  readonly status: EventStatus;
  /** JSON, byte for byte as it was written; may be a view of a larger buffer. */
  readonly body: Uint8Array;
  readonly createdTimeUs: number;
  /** Of the message in the stream's subject; grows with the time of creation. */
  readonly messageId: number;
}

export interface WrittenEvent {
  readonly id: string;
  readonly createdTimeUs: number;
  readonly messageId: number;
}

export interface WriteOptions {
  readonly deadlineMs?: number | undefined;
  readonly span?: PublishSpan | undefined;
}

/** An event that exists (or did a moment ago), found by its id. */
export interface EventReference {
  readonly eventId: string;
  readonly messageId: number;
  readonly stream: Stream;
}

/** Which events to read: all, or those of one status. */
export type EventSelection = 'all' | typeof UNPROCESSED | typeof RETRY;

export interface EventQuery {
  /** Only events after this message id; 0 begins at the oldest. */
  readonly after: number;
  /** Only events up to this message id, inclusive; the stream's last one when it is left out. */
  readonly upTo?: number;
  /** Most events to return, 1 to MAX_PAGE_EVENTS. */
  readonly limit: number;
}

export interface EventPage {
  /** In the order of their creation. */
  readonly events: readonly StreamEvent[];
  /** `after` of the next page; undefined when everything up to `upTo` has been looked at. A page may be short or empty. */
  readonly next: number | undefined;
  /** What the query was bounded by; hand it on, so that a walk over pages ends even when others keep writing. */
  readonly upTo: number;
}

/** Most events of one page; a page also ends once it holds 1 MiB. */
export const MAX_PAGE_EVENTS = 1000;

/** Events that nobody else gets under a lease until they are marked, released, or the time is over. */
export interface Lease {
  /** UUID. */
  readonly id: string;
  /** By the storage's clock. */
  readonly expireTimeUs: number;
}

export interface LeasedEvents {
  readonly events: readonly StreamEvent[];
  /** Undefined when there was no event to lease. */
  readonly lease: Lease | undefined;
}

export const MIN_LEASE_US = 1_000_000;
export const MAX_LEASE_US = 24 * 3600 * 1_000_000;

/**
 * Streams of JSON events over any storage and for several brokers on one. Every method rejects with a BrokerError; those
 * named here besides the ones of the storage.
 */
export interface Streams {
  /** @throws BrokerError STREAM_EXISTS, STREAM_NAME_INVALID, TTL_OUT_OF_RANGE */
  create(name: string, options?: { readonly eventTtlUs?: number }): Promise<Stream>;
  /** Removes the stream with its events and marks. @throws BrokerError STREAM_NOT_FOUND */
  delete(name: string): Promise<void>;
  /** @throws BrokerError STREAM_NOT_FOUND */
  get(name: string): Promise<Stream>;
  /** Streams in the order of their names' UTF-8 bytes, from after `after`, those with `prefix`. */
  list(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly Stream[]>;
  /**
   * Stores an event; the body is one JSON value, which the caller has checked. Fulfils when it is durable.
   *
   * @param options.deadlineMs by the monotonic clock: not written when it has passed before the flush
   * @param options.span carries its context into the event
   * @throws BrokerError STREAM_NOT_FOUND, MESSAGE_TOO_LARGE, WRITER_QUEUE_FULL, DEADLINE_EXCEEDED
   */
  write(name: string, body: Uint8Array, options?: WriteOptions): Promise<WrittenEvent>;
  /** One page of the events of a stream. Costs what it returns, not what the stream holds. Changes nothing. */
  read(stream: Stream, selection: EventSelection, query: EventQuery): Promise<EventPage>;
  /** The message id of an event of this stream, whether it still exists or not. @throws BrokerError EVENT_NOT_FOUND */
  position(stream: Stream, eventId: string): number;
  /**
   * Hands out the oldest events of this status that nobody holds a lease of.
   *
   * @throws BrokerError ARGUMENT_INVALID for a duration beyond MIN_LEASE_US and MAX_LEASE_US
   */
  lease(
    stream: Stream,
    status: typeof UNPROCESSED | typeof RETRY,
    options: { readonly limit: number; readonly durationUs: number; readonly after?: number },
  ): Promise<LeasedEvents>;
  /** Lets a lease end `durationUs` from now. @throws BrokerError LEASE_LOST when it has ended */
  extendLease(stream: Stream, leaseId: string, durationUs: number): Promise<Lease>;
  /** Gives back what is left of a lease; nothing happens when it has ended already. */
  releaseLease(stream: Stream, leaseId: string): Promise<void>;
  /** Finds an event by its id alone. @throws BrokerError EVENT_NOT_FOUND */
  findEvent(eventId: string): Promise<EventReference>;
  /**
   * Sets the status of an event. With PROCESSED it is done; with the others its lease is over, and it may be handed out
   * again. Durable when it fulfils, and may be repeated.
   *
   * @param options.leaseId only if the event is still under this lease
   * @throws BrokerError EVENT_NOT_FOUND, LEASE_LOST
   */
  mark(event: EventReference, status: EventStatus, options?: { readonly leaseId?: string | undefined }): Promise<void>;
}
