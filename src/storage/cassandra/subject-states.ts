import type { types } from 'cassandra-driver';
import type { BucketDirectory } from './bucket-directory.js';
import { BoundedMap } from './bounded-map.js';
import { bytesAt, numberAt, numbersByName, uuidAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';
import { SharedReads } from './shared-reads.js';
import { decodeSubjectState, NO_SUBJECT } from './subject-state.js';
import type { SubjectState } from './subject-state.js';

/** Subjects of which the bucket and the settled id are remembered; some 100 bytes each. */
const MAX_REMEMBERED = 100_000;

/** What is known of a subject, and with it what a conditional batch has to ask for. */
export interface KnownState {
  readonly bucket: number;
  /** Names the batch that made the state; null when the bucket is not there. */
  readonly commitId: types.Uuid | null;
  /** The state as it is stored. */
  readonly blob: Buffer | null;
  readonly state: SubjectState;
  /** The largest token of each lock; undefined when it was not asked for. */
  readonly fences: ReadonlyMap<string, number> | undefined;
}

/** A subject that was never written to. */
export const ABSENT: KnownState = { bucket: 0, commitId: null, blob: null, state: NO_SUBJECT, fences: new Map() };

/**
 * Names of locks stand behind this in the `fences` map, because the client library reads maps as plain objects, which
 * cannot have every name (`__proto__`).
 */
export const LOCK_PREFIX = '=';

interface Remembered {
  readonly bucket: number;
  readonly settledId: number;
}

/** Finds the current state of subjects, bucket by bucket. */
export class SubjectStates {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #directory: BucketDirectory;
  readonly #remembered = new BoundedMap<string, Remembered>(MAX_REMEMBERED);
  readonly #settledReads = new SharedReads<KnownState | undefined>();
  readonly #selectState: string;
  readonly #selectAll: string;

  constructor(session: Session, epoch: types.Uuid, directory: BucketDirectory) {
    this.#session = session;
    this.#epoch = epoch;
    this.#directory = directory;
    const from = `FROM ${session.tables.messages} WHERE epoch = ? AND subject = ? AND bucket = ?`;
    this.#selectState = `SELECT DISTINCT commit_id, head, state ${from}`;
    this.#selectAll = `SELECT DISTINCT commit_id, head, state, fences ${from}`;
  }

  /**
   * The state as a quorum knows it; undefined for an unknown subject. What its last batch wrote need not be readable yet,
   * unless it is not above {@link settledId}.
   */
  seen(subject: string): Promise<KnownState | undefined> {
    return this.#current(subject, (bucket) => this.#read(subject, bucket, false));
  }

  /** The state and the fences after finishing what was under way: all that led to it can be read from now on. */
  settled(subject: string): Promise<KnownState | undefined> {
    return this.#settledReads.read(subject, async () => {
      const known = await this.#current(subject, (bucket) => this.#read(subject, bucket, true));
      if (known !== undefined) this.settle(subject, known);
      return known;
    });
  }

  /** The state that a sealed bucket was left in. */
  inBucket(subject: string, bucket: number): Promise<KnownState | undefined> {
    return this.#read(subject, bucket, false);
  }

  /** All ids up to this one have their messages where every later read finds them, or have none. */
  settledId(subject: string): number {
    return this.#remembered.get(subject)?.settledId ?? 0;
  }

  /** This state's messages are where every later read finds them. */
  settle(subject: string, { bucket, state }: KnownState): void {
    this.#remember(subject, bucket, state.lastId);
  }

  /** The current bucket as far as this process knows. */
  bucketHint(subject: string): number {
    return this.#remembered.get(subject)?.bucket ?? 0;
  }

  /** The state of a bucket, after finishing what was under way in it. */
  settledBucket(subject: string, bucket: number): Promise<KnownState | undefined> {
    return this.#read(subject, bucket, true);
  }

  /** Reads a state out of a row with the columns `commit_id`, `head` and `state`; undefined when they are empty. */
  fromRow(subject: string, bucket: number, row: Row): KnownState | undefined {
    const commitId = uuidAt(row, 'commit_id');
    const blob = bytesAt(row, 'state');
    if (commitId === undefined || blob === undefined) return undefined;
    const state = decodeSubjectState(subject, numberAt(row, 'head') ?? 0, blob);
    return { bucket, commitId, blob, state, fences: undefined };
  }

  async #current(
    subject: string,
    read: (bucket: number) => Promise<KnownState | undefined>,
  ): Promise<KnownState | undefined> {
    const hint = this.#remembered.get(subject)?.bucket;
    let known: KnownState | undefined;
    if (hint === undefined) {
      const [last, first] = await Promise.all([this.#directory.last(subject), read(0)]);
      known = first;
      // The newest bucket is entered before it is written to.
      for (let bucket = last; bucket > 0; bucket -= 1) {
        const newer = await read(bucket);
        if (newer === undefined) continue;
        known = newer;
        break;
      }
    } else {
      known = await read(hint);
    }
    while (known?.state.sealed === true) {
      const next = await read(known.bucket + 1);
      if (next === undefined) break;
      known = next;
    }
    this.#remember(subject, known?.bucket ?? 0, 0);
    return known;
  }

  async #read(subject: string, bucket: number, settled: boolean): Promise<KnownState | undefined> {
    const params = [this.#epoch, subject, bucket];
    const [row] = settled
      ? await this.#session.readSettled(this.#selectAll, params)
      : await this.#session.read(this.#selectState, params);
    const known = row === undefined ? undefined : this.fromRow(subject, bucket, row);
    if (row === undefined || known === undefined || !settled) return known;
    const fences = [...numbersByName(row, 'fences')].map(
      ([name, token]) => [name.slice(LOCK_PREFIX.length), token] as const,
    );
    return { ...known, fences: new Map(fences) };
  }

  #remember(subject: string, bucket: number, settledId: number): void {
    const before = this.#remembered.get(subject);
    this.#remembered.set(subject, {
      bucket: Math.max(bucket, before?.bucket ?? 0),
      settledId: Math.max(settledId, before?.settledId ?? 0),
    });
  }
}
