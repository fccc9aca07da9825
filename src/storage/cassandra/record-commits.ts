import { types } from 'cassandra-driver';
import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { CommitResult, RecordCommit, RecordCondition } from '../storage.js';
import type { Deadline } from './deadline.js';
import { ttlSeconds } from './physical-life.js';
import { recordHeadOf } from './record-heads.js';
import type { RecordHead, RecordHeads } from './record-heads.js';
import { numberAt, textAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session, Statement, Verdict } from './session.js';

/** Commits that a partition names: whoever does not know what became of his has this many others to find out. */
const MAX_RECENT = 16;

/** No record's key: the row that every partition has, so that a read of a record that is absent brings the state too. */
export const WITNESS_KEY = '';

/** Keys that one request asks for. */
const MAX_KEYS = 200;

const EMPTY = Buffer.alloc(0);

/** Commits to partitions of records: one conditional batch that asks for the last commit it was made after. */
export class RecordCommits {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #heads: RecordHeads;
  /** The last commit of each partition that has one under way, so that those of this process do not contend. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #statements: Readonly<Record<'versions' | 'change' | 'put' | 'remove', string>>;

  constructor(session: Session, epoch: types.Uuid, heads: RecordHeads) {
    this.#session = session;
    this.#heads = heads;
    this.#epoch = epoch;
    const { records } = session.tables;
    const where = 'WHERE epoch = ? AND partition = ?';
    this.#statements = {
      versions: `SELECT key, version, expires FROM ${records} ${where} AND key IN ?`,
      change:
        `UPDATE ${records} SET commit_id = ?, last_version = ?, recent = ? ${where} ` +
        'IF commit_id = ? AND last_version = ? AND recent = ?',
      put: `INSERT INTO ${records} (epoch, partition, key, value, version, expires) VALUES (?, ?, ?, ?, ?, ?) USING TTL ?`,
      remove: `DELETE FROM ${records} ${where} AND key = ?`,
    };
  }

  async commit(partition: string, commit: RecordCommit): Promise<CommitResult> {
    const before = this.#queues.get(partition) ?? Promise.resolve();
    const deadline = this.#session.deadline();
    const running = before.then(() =>
      this.#session.contend(deadline, () => this.#attempt(partition, commit, deadline)),
    );
    const done = running.catch(() => this.#heads.forget(partition));
    this.#queues.set(partition, done);
    try {
      return await running;
    } finally {
      if (this.#queues.get(partition) === done) this.#queues.delete(partition);
    }
  }

  async #attempt(partition: string, commit: RecordCommit, deadline: Deadline): Promise<CommitResult | undefined> {
    const head = this.#heads.remembered(partition) ?? (await this.#heads.settled(partition));
    const timeUs = this.#session.nowUs();
    const failedKey = await this.#failed(partition, commit.conditions ?? [], timeUs);
    if (failedKey !== undefined) return { committed: false, failedKey };
    const version = head.version + 1;
    const commitId = types.Uuid.random();
    const next: RecordHead = { commitId, version, recent: [commitId, ...head.recent].slice(0, MAX_RECENT) };
    const statements = [
      this.#change(partition, head, next),
      ...(head.commitId === null ? [this.#put(partition, WITNESS_KEY, [EMPTY, 0, NEVER_EXPIRES, 0])] : []),
      ...(commit.deletes ?? []).map((key) => ({
        query: this.#statements.remove,
        params: [this.#epoch, partition, key],
      })),
      ...(commit.puts ?? []).map(({ key, value, ttlUs }) => {
        const expireTimeUs = ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : timeUs + ttlUs;
        const lifeSeconds = ttlSeconds(expireTimeUs, timeUs);
        return this.#put(partition, key, [Buffer.from(value), version, expireTimeUs, lifeSeconds]);
      }),
    ];
    const result = await this.#session.commit(statements, deadline, (row) =>
      this.#verdict(partition, head, commitId, row),
    );
    if (result.applied) {
      this.#heads.remember(partition, next);
      return { committed: true, version, timeUs };
    }
    const current = result.current === undefined ? undefined : recordHeadOf(result.current);
    if (current === undefined) this.#heads.forget(partition);
    else this.#heads.remember(partition, current);
    return undefined;
  }

  #put(partition: string, key: string, record: readonly unknown[]): Statement {
    return { query: this.#statements.put, params: [this.#epoch, partition, key, ...record] };
  }

  #change(partition: string, before: RecordHead, after: RecordHead): Statement {
    const absent = before.commitId === null;
    return {
      query: this.#statements.change,
      params: [
        ...[after.commitId, after.version, after.recent, this.#epoch, partition],
        ...[before.commitId, absent ? null : before.version, absent ? null : before.recent],
      ],
    };
  }

  /**
   * The first condition that does not hold. Read by a quorum: what the remembered commit and those before it wrote is seen,
   * and should a later one have changed something, the batch fails.
   */
  async #failed(partition: string, conditions: readonly RecordCondition[], nowUs: number): Promise<string | undefined> {
    const versions = new Map<string, number>();
    for (let from = 0; from < conditions.length; from += MAX_KEYS) {
      const keys = [...new Set(conditions.slice(from, from + MAX_KEYS).map(({ key }) => key))];
      for (const row of await this.#session.read(this.#statements.versions, [this.#epoch, partition, keys])) {
        const expireTimeUs = numberAt(row, 'expires') ?? NEVER_EXPIRES;
        if (!isExpired({ expireTimeUs }, nowUs)) versions.set(textAt(row, 'key'), numberAt(row, 'version') ?? 0);
      }
    }
    return conditions.find(({ key, version }) => (versions.get(key) ?? 0) !== version)?.key;
  }

  async #verdict(partition: string, before: RecordHead, commitId: types.Uuid, row: Row | undefined): Promise<Verdict> {
    const head = (row === undefined ? undefined : recordHeadOf(row)) ?? (await this.#heads.settled(partition));
    if (head.recent.some((each) => each.equals(commitId))) return 'applied';
    if (head.commitId === null || before.commitId?.equals(head.commitId) === true) return 'unchanged';
    return head.version - before.version <= MAX_RECENT ? 'not-applied' : 'unknown';
  }
}
