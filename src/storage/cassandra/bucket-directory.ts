import type { types } from 'cassandra-driver';
import { BoundedMap } from './bounded-map.js';
import { numberAt } from './row-values.js';
import type { Session } from './session.js';

/** Subjects whose buckets are remembered. */
const MAX_REMEMBERED = 10_000;

/** One partition of a subject's log: it holds the ids from `firstId` to where the next one begins. */
export interface Bucket {
  readonly number: number;
  readonly firstId: number;
  /** No message of this bucket was published before. */
  readonly fromTimeUs: number;
}

const FIRST_BUCKET: Bucket = { number: 0, firstId: 1, fromTimeUs: 0 };

/**
 * Which buckets a subject has. A bucket is entered before anything is written into it and never changes, so what is
 * remembered stays right; only the newest ones may be missing.
 */
export class BucketDirectory {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #remembered = new BoundedMap<string, readonly Bucket[]>(MAX_REMEMBERED);
  readonly #statements: Readonly<Record<'add' | 'last' | 'after', string>>;

  constructor(session: Session, epoch: types.Uuid) {
    this.#session = session;
    this.#epoch = epoch;
    const { buckets } = session.tables;
    this.#statements = {
      add: `INSERT INTO ${buckets} (epoch, subject, bucket, first_id, from_time) VALUES (?, ?, ?, ?, ?)`,
      last: `SELECT bucket FROM ${buckets} WHERE epoch = ? AND subject = ? ORDER BY bucket DESC LIMIT 1`,
      after: `SELECT bucket, first_id, from_time FROM ${buckets} WHERE epoch = ? AND subject = ? AND bucket > ?`,
    };
  }

  async add(subject: string, { number, firstId, fromTimeUs }: Bucket): Promise<void> {
    await this.#session.insert(this.#statements.add, [this.#epoch, subject, number, firstId, fromTimeUs]);
  }

  /** The newest bucket that is entered; it may be empty still. */
  async last(subject: string): Promise<number> {
    const [row] = await this.#session.read(this.#statements.last, [this.#epoch, subject]);
    return (row === undefined ? undefined : numberAt(row, 'bucket')) ?? 0;
  }

  /** All buckets up to `last`, in order. */
  async upTo(subject: string, last: number): Promise<readonly Bucket[]> {
    const known = this.#remembered.get(subject) ?? [FIRST_BUCKET];
    const newest = known.at(-1)?.number ?? 0;
    if (newest >= last) return known.slice(0, last + 1);
    const rows = await this.#session.read(this.#statements.after, [this.#epoch, subject, newest]);
    const buckets = [
      ...known,
      ...rows.map((row) => ({
        number: numberAt(row, 'bucket') ?? 0,
        firstId: numberAt(row, 'first_id') ?? 0,
        fromTimeUs: numberAt(row, 'from_time') ?? 0,
      })),
    ];
    this.#remembered.set(subject, buckets);
    return buckets.filter(({ number }) => number <= last);
  }
}
