import {
  close,
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  openSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { BrokerError } from '../../core/errors.js';

/**
 * Part of the format. Two of them bound what a restart has to replay and what is held in memory besides the database.
 * Moving the about 4,000 small transactions of one there stops the event loop for a millisecond.
 */
export const SEGMENT_BYTES = 2 * 2 ** 20;

/** Makes a write return when it is on disk. Elsewhere the flag is missing, or leaves data in the disk's own cache. */
const SYNCHRONOUS = process.platform === 'linux' ? constants.O_DSYNC : undefined;

const closeFile = promisify(close);
const flush = promisify(fdatasync);

/** A file of fixed size, all of it allocated and written once, so that writing in it changes nothing but its data. */
export class JournalSegment {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDWR | (SYNCHRONOUS ?? 0));
  }

  /** Fulfils when the bytes are on disk. */
  async write(bytes: Buffer, offset: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) done += await this.#writeSome(bytes, done, offset + done);
    if (SYNCHRONOUS === undefined) await flush(this.#descriptor);
  }

  #writeSome(bytes: Buffer, from: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#descriptor, bytes, from, bytes.length - from, position, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    });
  }

  close(): Promise<void> {
    return closeFile(this.#descriptor);
  }
}

/** Whether the file is a segment of full length. @throws BrokerError STORAGE_UNAVAILABLE when it is no file at all */
export function isSegment(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  // Opening a pipe would wait for whoever writes to it.
  if (found !== undefined && !found.isFile()) {
    throw new BrokerError('STORAGE_UNAVAILABLE', `"${path}" is not a file`);
  }
  return found?.size === SEGMENT_BYTES;
}

/** Puts an empty segment on disk; the caller does so with the folder. Leaves nothing behind when there is no room. */
export function createSegment(path: string): void {
  const descriptor = openSync(path, 'w');
  try {
    const zeros = Buffer.alloc(SEGMENT_BYTES);
    for (let done = 0; done < zeros.length;) done += writeSync(descriptor, zeros, done, zeros.length - done, done);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
