import type { types } from 'cassandra-driver';
import { BoundedMap } from './bounded-map.js';
import { numberAt, uuidAt, uuidsAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';
import { SharedReads } from './shared-reads.js';

/** Partitions whose last commit is remembered. */
const MAX_REMEMBERED = 20_000;

/** The last commit of a partition of records. */
export interface RecordHead {
  /** Null before the first commit. */
  readonly commitId: types.Uuid | null;
  readonly version: number;
  /** The last commits, newest first. */
  readonly recent: readonly types.Uuid[];
}

export const NO_COMMIT: RecordHead = { commitId: null, version: 0, recent: [] };

/** Knows the last commits of partitions: what they and all before them wrote is found by every later quorum read. */
export class RecordHeads {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #remembered = new BoundedMap<string, RecordHead>(MAX_REMEMBERED);
  readonly #reads = new SharedReads<RecordHead>();
  readonly #select: string;

  constructor(session: Session, epoch: types.Uuid) {
    this.#session = session;
    this.#epoch = epoch;
    this.#select =
      `SELECT DISTINCT commit_id, last_version, recent FROM ${session.tables.records} ` +
      'WHERE epoch = ? AND partition = ?';
  }

  remembered(partition: string): RecordHead | undefined {
    return this.#remembered.get(partition);
  }

  remember(partition: string, head: RecordHead): void {
    this.#remembered.set(partition, head);
  }

  forget(partition: string): void {
    this.#remembered.delete(partition);
  }

  /** The last commit, by a settled read that begins now or later. */
  settled(partition: string): Promise<RecordHead> {
    return this.#reads.read(partition, async () => {
      const [row] = await this.#session.readSettled(this.#select, [this.#epoch, partition]);
      const head = (row === undefined ? undefined : recordHeadOf(row)) ?? NO_COMMIT;
      const known = this.#remembered.get(partition);
      if (known === undefined || known.version < head.version) this.remember(partition, head);
      return head;
    });
  }

  /** True when a row was read in the state that the remembered commit has left. */
  isAsRemembered(partition: string, row: Row): boolean {
    const commitId = uuidAt(row, 'commit_id');
    return commitId !== undefined && this.#remembered.get(partition)?.commitId?.equals(commitId) === true;
  }
}

/** The last commit by a row with its columns; undefined when they are empty. */
export function recordHeadOf(row: Row): RecordHead | undefined {
  const commitId = uuidAt(row, 'commit_id');
  if (commitId === undefined) return undefined;
  return { commitId, version: numberAt(row, 'last_version') ?? 0, recent: uuidsAt(row, 'recent') };
}
