/** A stream as the TCP event bus describes it. */
export interface EventBusStream {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
}

/** 0 unprocessed, 1 processed, 2 retry. */
export type EventBusStatus = 0 | 1 | 2;

export interface EventBusEvent {
  /** UUID. */
  readonly id: string;
  readonly streamId: string;
  readonly status: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** JSON, byte for byte as the server sent it; a view of a larger buffer: copy it before keeping it for long. */
  readonly body: Buffer;
}

/** Extras of Waybill that the original server does not know and ignores. */
export interface EventBusListOptions {
  /** Most events to list; all of them when undefined. */
  readonly limit?: number;
  /** Only events after the one with this id. */
  readonly after?: string;
}

export interface EventBusTakeOptions extends EventBusListOptions {
  /** Hands the events to this caller alone for so many seconds; without it they are only read. */
  readonly leaseSeconds?: number;
}

export interface EventBusLease {
  /** UUID. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

export interface EventBusTaken {
  /** In the order of their creation. */
  readonly events: readonly EventBusEvent[];
  /** Undefined without `leaseSeconds`, from a server that knows no leases, and when there was no event to lease. */
  readonly lease: EventBusLease | undefined;
}
