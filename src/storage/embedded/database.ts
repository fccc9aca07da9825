export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface Range {
  /** First key to look at, inclusive; for `backwards` the upper end, inclusive. */
  readonly start: Uint8Array;
  /** Exclusive end; for `backwards` the exclusive lower end. */
  readonly end: Uint8Array;
  readonly backwards?: boolean;
}

/** A key with its new value, or undefined to remove it. */
export type Write = readonly [key: Buffer, value: Buffer | undefined];

/**
 * An ordered tree of binary keys and values. Reads are synchronous and see what is committed and on disk. A value that
 * is read must not be changed.
 */
export interface Database {
  /** @throws BrokerError once it is closed, or once it has failed */
  assertUsable(): void;

  get(key: Buffer): Buffer | undefined;

  /**
   * Lets `use` look at a value in place, and answers what it answers. The buffer is another value's afterwards: nothing of
   * it may be kept. For a small part of a large value, of which `get` would leave a copy to the garbage collector.
   */
  look<T>(key: Buffer, use: (value: Buffer) => T): T | undefined;

  /** Walks the entries in order. The caller finishes before it awaits: what is below may change between turns. */
  entries(range: Range): Generator<Entry, void, void>;

  /** Walks the keys in order, without loading values. */
  keys(range: Range): Generator<Buffer, void, void>;

  first(range: Range): Entry | undefined;

  firstKey(range: Range): Buffer | undefined;

  /**
   * Writes everything in one transaction, or nothing; fulfils when it is on disk. One at a time.
   *
   * @throws BrokerError STORAGE_FULL, after which it can be used as before; or STORAGE_UNAVAILABLE with an unknown
   *   outcome, after which it cannot
   */
  commit(writes: Iterable<Write>): Promise<void>;

  close(): Promise<void>;
}
