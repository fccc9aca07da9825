import type { EventStatus, StoredEventStatus } from '../../client/index.js';

/** A stream as the commands show it. Times are ISO 8601. */
export interface ShownStream {
  readonly id: string;
  readonly name: string;
  readonly createTime: string;
  /** Undefined where the protocol does not tell. */
  readonly details?: {
    /** Undefined: events are kept until the stream is deleted. */
    readonly eventTtlMs: number | undefined;
    readonly subject: string;
  };
}

export interface ShownEvent {
  readonly id: string;
  readonly streamId: string;
  readonly status: StoredEventStatus;
  readonly createTime: string;
  /** JSON as the server sent it. */
  readonly body: Buffer;
}

/** What the protocol tells of a written event. */
export interface ShownWrite {
  readonly id?: string;
  readonly createTime?: string;
}

export interface ShownLease {
  readonly id: string;
  readonly expireTime: string;
}

export interface TakenUnderLease {
  readonly events: readonly ShownEvent[];
  /** Undefined when there was nothing to take. */
  readonly lease: ShownLease | undefined;
}

export interface EventRange {
  readonly limit: number;
  /** Only events after the one with this id. */
  readonly after: string | undefined;
}

export type StatusToTake = Exclude<EventStatus, 'processed'>;

/** How the commands about streams reach their server: by gRPC or by the TCP event bus. */
export interface StreamTransport {
  /** Writes and marks that may wait for their answer. */
  readonly window: number;
  create(name: string, eventTtlMs: number | undefined): Promise<ShownStream>;
  delete(name: string): Promise<void>;
  info(name: string): Promise<ShownStream>;
  list(prefix: string): AsyncIterable<ShownStream>;
  write(name: string, event: Buffer): Promise<ShownWrite>;
  /** Oldest first; changes nothing. */
  events(name: string, selection: 'all' | StatusToTake, range: EventRange): AsyncIterable<ShownEvent>;
  lease(name: string, status: StatusToTake, range: EventRange & { readonly leaseMs: number }): Promise<TakenUnderLease>;
  mark(eventId: string, status: EventStatus, leaseId: string | undefined): Promise<void>;
}
