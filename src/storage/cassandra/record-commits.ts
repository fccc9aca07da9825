import { types } from 'cassandra-driver';
import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { CommitResult, RecordCommit, RecordCondition } from '../storage.js';
import { BoundedMap } from './bounded-map.js';
import type { Deadline } from './deadline.js';
import { ttlSeconds } from './physical-life.js';
import { numberAt, textAt, uuidAt, uuidsAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session, Statement, Verdict } from './session.js';

/** Partitions whose last commit is remembered. */
const MAX_REMEMBERED = 20_000;

/** Commits that a partition names: whoever does not know what became of his has this many others to find out. */
const MAX_RECENT = 16;

/** Keys that one request asks for. */
const MAX_KEYS = 200;

/** The last commit of a partition. */
interface Head {
  /** Null before the first commit. */
  readonly commitId: types.Uuid | null;
  readonly version: number;
  /** The last commits, newest first. */
  readonly recent: readonly types.Uuid[];
}

const NO_COMMIT: Head = { commitId: null, version: 0, recent: [] };

/** Commits to partitions of records: one conditional batch that asks for the last commit it was made after. */
export class RecordCommits {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #remembered = new BoundedMap<string, Head>(MAX_REMEMBERED);
  /** The last commit of each partition that has one under way, so that those of this process do not contend. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #statements: Readonly<Record<'head' | 'versions' | 'change' | 'put' | 'remove', string>>;

  constructor(session: Session, epoch: types.Uuid) {
    this.#session = session;
    this.#epoch = epoch;
    const { records } = session.tables;
    const where = 'WHERE epoch = ? AND partition = ?';
    this.#statements = {
      head: `SELECT DISTINCT commit_id, last_version, recent FROM ${records} ${where}`,
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
    const done = running.catch(() => this.#remembered.delete(partition));
    this.#queues.set(partition, done);
    try {
      return await running;
    } finally {
      if (this.#queues.get(partition) === done) this.#queues.delete(partition);
    }
  }

  async #attempt(partition: string, commit: RecordCommit, deadline: Deadline): Promise<CommitResult | undefined> {
    const head = this.#remembered.get(partition) ?? (await this.#head(partition));
    const timeUs = this.#session.nowUs();
    const failedKey = await this.#failed(partition, commit.conditions ?? [], timeUs);
    if (failedKey !== undefined) return { committed: false, failedKey };
    const version = head.version + 1;
    const commitId = types.Uuid.random();
    const next: Head = { commitId, version, recent: [commitId, ...head.recent].slice(0, MAX_RECENT) };
    const statements = [
      this.#change(partition, head, next),
      ...(commit.deletes ?? []).map((key) => ({
        query: this.#statements.remove,
        params: [this.#epoch, partition, key],
      })),
      ...(commit.puts ?? []).map(({ key, value, ttlUs }) => {
        const expireTimeUs = ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : timeUs + ttlUs;
        const record = [key, Buffer.from(value), version, expireTimeUs, ttlSeconds(expireTimeUs, timeUs)];
        return { query: this.#statements.put, params: [this.#epoch, partition, ...record] };
      }),
    ];
    const result = await this.#session.commit(statements, deadline, (row) =>
      this.#verdict(partition, head, commitId, row),
    );
    if (result.applied) {
      this.#remembered.set(partition, next);
      return { committed: true, version, timeUs };
    }
    const current = result.current === undefined ? undefined : headOf(result.current);
    if (current === undefined) this.#remembered.delete(partition);
    else this.#remembered.set(partition, current);
    return undefined;
  }

  #change(partition: string, before: Head, after: Head): Statement {
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

  async #verdict(partition: string, before: Head, commitId: types.Uuid, row: Row | undefined): Promise<Verdict> {
    const head = (row === undefined ? undefined : headOf(row)) ?? (await this.#head(partition));
    if (head.recent.some((each) => each.equals(commitId))) return 'applied';
    if (head.commitId === null || before.commitId?.equals(head.commitId) === true) return 'unchanged';
    return head.version - before.version <= MAX_RECENT ? 'not-applied' : 'unknown';
  }

  async #head(partition: string): Promise<Head> {
    const [row] = await this.#session.readSettled(this.#statements.head, [this.#epoch, partition]);
    return (row === undefined ? undefined : headOf(row)) ?? NO_COMMIT;
  }
}

function headOf(row: Row): Head | undefined {
  const commitId = uuidAt(row, 'commit_id');
  if (commitId === undefined) return undefined;
  return { commitId, version: numberAt(row, 'last_version') ?? 0, recent: uuidsAt(row, 'recent') };
}
