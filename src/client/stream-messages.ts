import { decodeDurationMs, decodeTimestampUs, type SecondsAndNanos } from './timestamp.js';

/** A stream of events. Times are microseconds since the Unix epoch. */
export interface EventStream {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly createTimeUs: number;
  /** Life of an event from its creation; undefined: until the stream is deleted. */
  readonly eventTtlMs: number | undefined;
  /** The subject whose messages the events are: subscribe to it to get them live. */
  readonly subject: string;
}

export interface StreamPage {
  readonly streams: readonly EventStream[];
  /** Empty after the last page. */
  readonly nextPageToken: string;
}

/** `unknown`: one that this client does not know. */
export type StoredEventStatus = EventStatus | 'unknown';
export type EventStatus = 'unprocessed' | 'processed' | 'retry';

export interface StoredEvent {
  /** UUID. */
  readonly id: string;
  readonly streamId: string;
  readonly status: StoredEventStatus;
  readonly createTimeUs: number;
  /** JSON, byte for byte as it was written; a view of a larger buffer: copy it before keeping it for long. */
  readonly body: Buffer;
  /** Id of the message in the stream's subject. */
  readonly messageId: number;
}

export interface WrittenEvent {
  /** UUID. */
  readonly id: string;
  readonly createTimeUs: number;
  /** Id of the message in the stream's subject. */
  readonly messageId: number;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Empty after the last page; a page before that may be short or empty. */
  readonly nextPageToken: string;
}

/** Events that nobody else gets under a lease until they are marked, released, or the time is over. */
export interface EventLease {
  /** UUID. */
  readonly id: string;
  readonly expireTimeUs: number;
}

export interface TakenEvents extends EventPage {
  /** Undefined without a lease, and when there was no event to lease. */
  readonly lease: EventLease | undefined;
}

export interface WireStream {
  readonly id: string;
  readonly name: string;
  readonly createTime?: SecondsAndNanos | null;
  readonly eventTtl?: SecondsAndNanos | null;
  readonly subject: string;
}

export interface WireEvent extends Omit<StoredEvent, 'status' | 'createTimeUs'> {
  readonly status: string | number;
  readonly createTime?: SecondsAndNanos | null;
}

export interface WireEventPage {
  readonly events: readonly WireEvent[];
  readonly nextPageToken: string;
}

export interface WireLease {
  readonly id: string;
  readonly expireTime?: SecondsAndNanos | null;
}

export interface WireTakenEvents extends WireEventPage {
  readonly lease?: WireLease | null;
}

export interface WireWrittenEvent {
  readonly eventId: string;
  readonly createTime?: SecondsAndNanos | null;
  readonly messageId: number;
}

export function toStream({ id, name, createTime, eventTtl, subject }: WireStream): EventStream {
  return {
    id,
    name,
    createTimeUs: decodeTimestampUs(createTime),
    eventTtlMs: decodeDurationMs(eventTtl),
    subject,
  };
}

export function toEventPage({ events, nextPageToken }: WireEventPage): EventPage {
  return { events: events.map(toEvent), nextPageToken };
}

export function toTakenEvents({ lease, ...page }: WireTakenEvents): TakenEvents {
  return { ...toEventPage(page), lease: lease == null ? undefined : toLease(lease) };
}

export function toLease({ id, expireTime }: WireLease): EventLease {
  return { id, expireTimeUs: decodeTimestampUs(expireTime) };
}

const STATUS_NAMES = {
  unprocessed: 'EVENT_STATUS_UNPROCESSED',
  processed: 'EVENT_STATUS_PROCESSED',
  retry: 'EVENT_STATUS_RETRY',
} as const satisfies Record<EventStatus, string>;

const STATUSES: ReadonlyMap<string | number, EventStatus> = new Map(
  (['unprocessed', 'processed', 'retry'] as const).map((status) => [STATUS_NAMES[status], status]),
);

/** The name of the enum value. */
export function toStatusName(status: EventStatus): string {
  return STATUS_NAMES[status];
}

function toEvent({ id, streamId, status, createTime, body, messageId }: WireEvent): StoredEvent {
  return {
    id,
    streamId,
    status: STATUSES.get(status) ?? 'unknown',
    createTimeUs: decodeTimestampUs(createTime),
    body,
    messageId,
  };
}
