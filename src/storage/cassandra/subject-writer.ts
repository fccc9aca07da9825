import { types } from 'cassandra-driver';
import type { BucketDirectory } from './bucket-directory.js';
import type { Deadline } from './deadline.js';
import { uuidAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session, Statement, Verdict } from './session.js';
import { encodeSubjectState, MAX_RECENT } from './subject-state.js';
import type { SubjectState } from './subject-state.js';
import { ABSENT, LOCK_PREFIX } from './subject-states.js';
import type { KnownState, SubjectStates } from './subject-states.js';

/** Where a batch of rows goes. */
export interface BatchPlace {
  readonly bucket: number;
  readonly commitId: types.Uuid;
}

/** A row that is there if, and as long as nothing is purged only if, a batch was applied. */
export interface ProofRow {
  readonly kind: number;
  readonly id: number;
}

/** A subject's next state, and the rows that belong to it. */
export interface SubjectChange {
  readonly state: SubjectState;
  /** Locks that have a new largest token. */
  readonly fences: ReadonlyMap<string, number>;
  readonly statements: (place: BatchPlace) => readonly Statement[];
  readonly proof?: ProofRow;
}

/** A conditional batch that may have to be looked for. */
interface Batch {
  readonly commitId: types.Uuid;
  readonly before: KnownState;
  readonly proof: ProofRow | undefined;
  readonly unsure: boolean;
}

/** `known` is the state after the change, or what is there instead; undefined when it has to be read. */
export type WriteResult =
  | { readonly applied: true; readonly known: KnownState }
  | { readonly applied: false; readonly known: KnownState | undefined };

/** The state that the next batch changes: that of the bucket itself, or of the one that follows a sealed bucket. */
export function writableState({ state }: KnownState): SubjectState {
  if (!state.sealed) return state;
  return {
    ...state,
    sealed: false,
    bucketFirstId: state.lastId + 1,
    bucketBytes: 0,
    bucketRows: 0,
    keysUntilUs: 0,
    olderKeysUntilUs: Math.max(state.keysUntilUs, state.olderKeysUntilUs),
  };
}

/** Changes subjects: one conditional batch that asks for exactly the state it was made from. */
export class SubjectWriter {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #directory: BucketDirectory;
  readonly #states: SubjectStates;
  readonly #statements: Readonly<Record<'name' | 'change' | 'fence' | 'proof', string>>;

  constructor(session: Session, epoch: types.Uuid, directory: BucketDirectory, states: SubjectStates) {
    this.#session = session;
    this.#epoch = epoch;
    this.#directory = directory;
    this.#states = states;
    const { messages, subjects } = session.tables;
    const where = 'WHERE epoch = ? AND subject = ? AND bucket = ?';
    this.#statements = {
      name: `INSERT INTO ${subjects} (epoch, subject) VALUES (?, ?)`,
      change: `UPDATE ${messages} SET commit_id = ?, head = ?, state = ? ${where} IF commit_id = ? AND head = ? AND state = ?`,
      fence: `UPDATE ${messages} SET fences = fences + ? ${where}`,
      proof: `SELECT batch_id FROM ${messages} ${where} AND kind = ? AND id = ? AND name = ''`,
    };
  }

  /**
   * @param before with its fences when it is sealed
   * @throws BrokerError STORAGE_UNAVAILABLE, with `fields.outcome`
   */
  async write(subject: string, before: KnownState, change: SubjectChange, deadline: Deadline): Promise<WriteResult> {
    const opens = before.state.sealed;
    const bucket = opens ? before.bucket + 1 : before.bucket;
    // What leads to a partition is written before the partition, so nothing is ever hidden; it may be written again.
    if (before === ABSENT) await this.#session.insert(this.#statements.name, [this.#epoch, subject]);
    if (opens) {
      const { lastId, lastPublishTimeUs } = before.state;
      await this.#directory.add(subject, { number: bucket, firstId: lastId + 1, fromTimeUs: lastPublishTimeUs });
    }
    const commitId = types.Uuid.random();
    const recent = before.commitId === null ? [] : [before.commitId, ...before.state.recent].slice(0, MAX_RECENT);
    const state = { ...change.state, recent };
    const blob = encodeSubjectState(state);
    const partition = [this.#epoch, subject, bucket];
    const expected = opens ? ABSENT : before;
    const head = expected.commitId === null ? null : expected.state.lastId;
    const statements: Statement[] = [
      {
        query: this.#statements.change,
        params: [commitId, state.lastId, blob, ...partition, expected.commitId, head, expected.blob],
      },
    ];
    const fences = opens ? new Map([...(before.fences ?? []), ...change.fences]) : change.fences;
    if (fences.size > 0) {
      statements.push({ query: this.#statements.fence, params: [fenceMap(fences), ...partition] });
    }
    statements.push(...change.statements({ bucket, commitId }));
    const result = await this.#session.commit(statements, deadline, (current, unsure) =>
      this.#verdict(subject, bucket, { commitId, before, proof: change.proof, unsure }, current),
    );
    if (!result.applied) {
      const known = result.current === undefined ? undefined : this.#states.fromRow(subject, bucket, result.current);
      return { applied: false, known };
    }
    const known: KnownState = {
      bucket,
      commitId,
      blob,
      state,
      fences: before.fences === undefined ? undefined : new Map([...before.fences, ...change.fences]),
    };
    this.#states.settle(subject, known);
    return { applied: true, known };
  }

  /** A condition that the state of a bucket is still this one, as the first statement of a batch that only removes rows. */
  unchanged(subject: string, known: KnownState): Statement {
    const { bucket, commitId, blob, state } = known;
    const partition = [this.#epoch, subject, bucket];
    const same = [commitId, state.lastId, blob];
    return { query: this.#statements.change, params: [...same, ...partition, ...same] };
  }

  /** What the history of a bucket tells of a batch; when that is not long enough, the batch's own row. */
  async #verdict(subject: string, bucket: number, batch: Batch, row: Row | undefined): Promise<Verdict> {
    const { commitId, before, proof, unsure } = batch;
    const current =
      row === undefined
        ? await this.#states.settledBucket(subject, bucket)
        : this.#states.fromRow(subject, bucket, row);
    if (current === undefined || current.commitId === null) {
      return bucket === before.bucket && before.commitId !== null ? 'not-applied' : 'unchanged';
    }
    if (current.bucket === before.bucket && before.commitId?.equals(current.commitId) === true) return 'unchanged';
    const { recent } = current.state;
    const history = [current.commitId, ...recent];
    if (history.some((id) => id.equals(commitId))) return 'applied';
    const { commitId: beforeId } = before;
    const complete = beforeId === null ? recent.length < MAX_RECENT : history.some((id) => id.equals(beforeId));
    if (complete || proof === undefined) return 'not-applied';
    const writer = await this.#writerOf(subject, bucket, proof);
    if (writer !== undefined) return writer.equals(commitId) ? 'applied' : 'not-applied';
    // The id was purged or not even given out. A refusal that came at once is then taken at its word.
    return unsure && current.state.lastId >= proof.id ? 'unknown' : 'not-applied';
  }

  /** Others have gone on since: the batch's own row tells whether they went on from it. */
  async #writerOf(subject: string, bucket: number, { kind, id }: ProofRow): Promise<types.Uuid | undefined> {
    const [row] = await this.#session.read(this.#statements.proof, [this.#epoch, subject, bucket, kind, id]);
    return row === undefined ? undefined : uuidAt(row, 'batch_id');
  }
}

function fenceMap(fences: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...fences].map(([lock, token]) => [LOCK_PREFIX + lock, token]));
}
