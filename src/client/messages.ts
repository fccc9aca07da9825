/** A message to publish. */
export interface OutgoingMessage {
  readonly subject: string;
  /** A string is sent as UTF-8. */
  readonly body: Uint8Array | string;
  /** Pairs of name and value: a Map or `Object.entries(…)`. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  /** Milliseconds of life; undefined takes the server's default. */
  readonly ttlMs?: number;
  /** Makes a repeated publish answer the first one's id; its scope is the subject. */
  readonly idempotencyKey?: string;
  /** The id that the subject's last message must have, 0 when there must be none. */
  readonly expectedLastId?: number;
  readonly fence?: { readonly lock: string; readonly token: number };
  /** Deliver to the subscribers of this moment and never store. */
  readonly fireAndForget?: boolean;
}

/** Where a message went. Times are microseconds since the Unix epoch. */
export interface Published {
  readonly id: number;
  readonly publishTimeUs: number;
  /** The idempotency key had been used before with the same content; `id` is that of the first message. */
  readonly duplicate: boolean;
  /** Resumes a subscription of this subject after this message. */
  readonly cursor: string;
}

/** A message as the server returns it. Times are microseconds since the Unix epoch. */
export interface ReceivedMessage {
  readonly subject: string;
  /** Dense per subject: 1, 2, 3 … */
  readonly id: number;
  /** A view of a larger buffer: copy it before keeping it for long. */
  readonly body: Buffer;
  readonly headers: ReadonlyMap<string, string>;
  readonly publishTimeUs: number;
  /** 0: kept until it is purged. */
  readonly expireTimeUs: number;
}
