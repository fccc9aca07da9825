import { statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { open } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import type { Database, Entry, Range, Write } from './database.js';
import { closedError, errorCode, fullError, storageError, unknownOutcomeError } from './errors.js';

/**
 * Address space that is reserved, not memory and not disk: LMDB maps the file as it grows into it and moves to a larger
 * map beyond. Small enough for every 64-bit machine.
 */
const MAP_SIZE = 128 * 2 ** 30;

/** Pages of the tree that a transaction copies besides its values. */
const SPACE_MARGIN = 2 ** 20;

/**
 * The LMDB environment: binary keys and values in one tree. Reads are synchronous and see what is committed and on
 * disk. A commit is one transaction on LMDB's own thread; its promise fulfils after `fdatasync` and the synchronous
 * write of the meta page, because `overlappingSync` is off.
 */
export class LmdbDatabase implements Database {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #file: string;
  #closed = false;

  /** @throws BrokerError when LMDB refuses the file */
  constructor(file: string) {
    this.#file = file;
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

  assertUsable(): void {
    if (this.#closed) throw closedError();
  }

  get(key: Buffer): Buffer | undefined {
    this.assertUsable();
    try {
      return asBuffer(this.#root.getBinary(key));
    } catch (error) {
      throw storageError(error);
    }
  }

  look<T>(key: Buffer, use: (value: Buffer) => T): T | undefined {
    this.assertUsable();
    let found: Buffer | undefined;
    try {
      found = this.#root.getBinaryFast(key);
    } catch (error) {
      throw storageError(error);
    }
    // The buffer is larger than the value; only its `length` is that of the value.
    return found === undefined ? undefined : use(Buffer.from(found.buffer, found.byteOffset, found.length));
  }

  /** The caller finishes before it awaits: no read transaction outlives a turn. */
  *entries(range: Range): Generator<Entry, void, void> {
    this.assertUsable();
    const found = this.#root.getRange({
      start: range.start as Buffer,
      end: range.end as Buffer,
      reverse: range.backwards ?? false,
    });
    for (const { key, value } of found) yield { key: asBuffer(key) as Buffer, value: asBuffer(value) as Buffer };
  }

  *keys(range: Range): Generator<Buffer, void, void> {
    this.assertUsable();
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

  async commit(writes: Iterable<Write>): Promise<void> {
    this.assertUsable();
    const root = this.#root;
    let bytes = 0;
    try {
      await root.batch(() => {
        for (const [key, value] of writes) {
          bytes += key.length + (value?.length ?? 0);
          if (value === undefined) void root.remove(key);
          else void root.put(key, value);
        }
      });
    } catch (error) {
      const cause = await causeOf(error);
      const failure = storageError(cause);
      if (failure.reason === 'STORAGE_FULL') throw failure;
      throw this.#ranOutOfSpace(cause, bytes) ? fullError(cause) : unknownOutcomeError(cause);
    }
  }

  /**
   * LMDB reports a write that was cut short by a full disk as an input/output error, and only the free space tells the
   * two apart. Going on is safe when it is a full disk: a transaction that did not reach its meta page left nothing
   * that a later one relies on, and when the meta page itself fails LMDB refuses every later transaction.
   */
  #ranOutOfSpace(cause: unknown, bytes: number): boolean {
    if (errorCode(cause) !== constants.errno.EIO) return false;
    try {
      const { bavail, bsize } = statfsSync(this.#file);
      return bavail * bsize < 2 * bytes + SPACE_MARGIN;
    } catch {
      return false;
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
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
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
