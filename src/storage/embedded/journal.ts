import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Write } from './database.js';
import { syncFolder } from './folder.js';
import { encodeRecord, IDENTITY_BYTES } from './journal-record.js';
import { createSegment, isSegment, JournalSegment, SEGMENT_BYTES } from './journal-segment.js';

/** Names of the two segments in the data folder. */
export const SEGMENT_NAMES = ['journal.0', 'journal.1'] as const;

/** Most bytes of a record. Beyond, a transaction of the database costs less than writing everything twice. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** A segment begins with an empty record of number 0, which says whose it is. No write of another record touches its page. */
const RECORDS_AT = 4096;

/** An open journal: records go to one segment until the caller, who has taken care of the other one, turns to that. */
export class Journal {
  readonly identity: Buffer;
  readonly #segments: readonly JournalSegment[];
  /** One record is written at a time. */
  readonly #buffer = Buffer.allocUnsafe(MAX_RECORD_BYTES);
  #active = 0;
  #offset = RECORDS_AT;
  #sequence = 0;
  #isWriting = false;

  private constructor(identity: Buffer, segments: readonly JournalSegment[]) {
    this.identity = identity;
    this.#segments = segments;
  }

  /** Begins a journal of a new identity; what was in the segments does not count any more. */
  static async begin(folder: string): Promise<Journal> {
    prepareSegments(folder);
    const identity = randomBytes(IDENTITY_BYTES);
    const segments: JournalSegment[] = [];
    try {
      for (const name of SEGMENT_NAMES) {
        const segment = new JournalSegment(join(folder, name));
        segments.push(segment);
        await segment.write(segmentHeader(identity), 0);
      }
    } catch (error) {
      for (const segment of segments) await segment.close();
      throw error;
    }
    return new Journal(identity, segments);
  }

  /** Sequence number of the last record, 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  hasRoom(bytes: number): boolean {
    return this.#offset + bytes <= SEGMENT_BYTES;
  }

  /** Writes a record of at most {@link MAX_RECORD_BYTES} where there is room for it; fulfils when it is on disk. */
  async append(writes: readonly Write[]): Promise<void> {
    const record = encodeRecord(this.#buffer, this.identity, this.#sequence + 1, writes);
    this.#isWriting = true;
    await this.#segments[this.#active]?.write(record, this.#offset);
    this.#isWriting = false;
    this.#offset += record.length;
    this.#sequence += 1;
  }

  /** Whether a record is on its way; then no other may be appended, and the segment stays. Also after a failed write. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Goes on at the beginning of the other segment, whose records the database includes. */
  switchSegment(): void {
    this.#active = 1 - this.#active;
    this.#offset = RECORDS_AT;
  }

  /** Goes on at the beginning of the segment: the database includes all records. */
  rewind(): void {
    this.#offset = RECORDS_AT;
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.close();
  }
}

/** How a segment of this journal begins. */
export function segmentHeader(identity: Buffer): Buffer {
  return encodeRecord(Buffer.alloc(RECORDS_AT), identity, 0, []);
}

/** Creates the segments that are missing or not whole. @throws what the file system says, for a full disk too */
export function prepareSegments(folder: string): void {
  const missing = SEGMENT_NAMES.map((name) => join(folder, name)).filter((path) => !isSegment(path));
  for (const path of missing) createSegment(path);
  if (missing.length > 0) syncFolder(folder);
}
