import { open } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { closedError, storageError } from './errors.js';

/**
 * Address space that is reserved, not memory and not disk: LMDB maps the file as it grows into it and moves to a larger
 * map beyond. Small enough for every 64-bit machine.
 */
const MAP_SIZE = 128 * 2 ** 30;

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
 * The LMDB environment: binary keys and values in one tree. Reads are synchronous and see what is committed and on
 * disk. A commit is one transaction on LMDB's own thread; its promise fulfils after `fdatasync` and the synchronous
 * write of the meta page, because `overlappingSync` is off.
 */
export class Database {
  readonly #root: RootDatabase<Buffer, Buffer>;
  #closed = false;

  /** @throws BrokerError when LMDB refuses the file */
  constructor(file: string) {
    try {
      this.#root = open<Buffer, Buffer>({
        path: file,
        noSubdir: true,
        encoding: 'binary',
        keyEncoding: 'binary',
        overlappingSync: false,
        noMemInit: true,
        mapSize: MAP_SIZE,
        maxDbs: 0,
        cache: false,
        eventTurnBatching: false,
        commitDelay: 0,
      });
    } catch (error) {
      throw storageError(error);
    }
  }

  get(key: Buffer): Buffer | undefined {
    if (this.#closed) throw closedError();
    try {
      return asBuffer(this.#root.getBinary(key));
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Walks the entries in order. The caller finishes before it awaits: no read transaction outlives a turn. */
  *entries(range: Range): Generator<Entry, void, void> {
    if (this.#closed) throw closedError();
    const found = this.#root.getRange({
      start: range.start as Buffer,
      end: range.end as Buffer,
      reverse: range.backwards ?? false,
    });
    for (const { key, value } of found) yield { key: asBuffer(key) as Buffer, value: asBuffer(value) as Buffer };
  }

  /** Walks the keys in order, without loading values. */
  *keys(range: Range): Generator<Buffer, void, void> {
    if (this.#closed) throw closedError();
    const found = this.#root.getKeys({
      start: range.start as Buffer,
      end: range.end as Buffer,
      reverse: range.backwards ?? false,
    });
    for (const key of found) yield asBuffer(key) as Buffer;
  }

  first(range: Range): Entry | undefined {
    for (const entry of this.entries(range)) return entry;
    return undefined;
  }

  firstKey(range: Range): Buffer | undefined {
    for (const key of this.keys(range)) return key;
    return undefined;
  }

  /** Writes everything in one transaction, or nothing; fulfils when it is on disk. */
  async commit(writes: Iterable<Write>): Promise<void> {
    if (this.#closed) throw closedError();
    const root = this.#root;
    try {
      await root.batch(() => {
        for (const [key, value] of writes) {
          if (value === undefined) void root.remove(key);
          else void root.put(key, value);
        }
      });
    } catch (error) {
      throw storageError(await causeOf(error));
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#root.close();
  }
}

/** LMDB's own promise of a failed commit holds another one with the code. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function asBuffer(bytes: Uint8Array | undefined): Buffer | undefined {
  if (bytes === undefined || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
