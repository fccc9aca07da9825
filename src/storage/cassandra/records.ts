import type { types } from 'cassandra-driver';
import { isExpired } from '../../core/message.js';
import type { Availability } from '../availability.js';
import type { HintListeners } from '../hint-listeners.js';
import type { CommitResult, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import { RecordCommits, WITNESS_KEY } from './record-commits.js';
import { RecordHeads } from './record-heads.js';
import { bytesAt, numberAt, textAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';

/** Records that one request asks for; one is a few hundred bytes as a rule. */
const PAGE = 500;

const COLUMNS = 'commit_id, key, value, version, expires';

/**
 * Records, a partition of Cassandra for each partition. A quorum could show one record of a commit whose writer died and,
 * to the next who asks, not the other. So every read takes the id of the partition's last commit with it, and counts when
 * that one is known to be settled; otherwise a settled read comes first. A quorum read mends what it has read, the id too,
 * so that nobody who asks later finds less without noticing.
 */
export class CassandraRecords implements RecordStore {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #availability: Availability;
  readonly #hints: HintListeners;
  readonly #heads: RecordHeads;
  readonly #commits: RecordCommits;
  readonly #from: string;

  constructor(parts: {
    readonly session: Session;
    readonly epoch: types.Uuid;
    readonly availability: Availability;
    readonly hints: HintListeners;
  }) {
    this.#session = parts.session;
    this.#epoch = parts.epoch;
    this.#availability = parts.availability;
    this.#hints = parts.hints;
    this.#heads = new RecordHeads(parts.session, parts.epoch);
    this.#commits = new RecordCommits(parts.session, parts.epoch, this.#heads);
    this.#from = `FROM ${parts.session.tables.records} WHERE epoch = ? AND partition = ?`;
  }

  get(partition: string, key: string): Promise<StoredRecord | undefined> {
    return this.#availability.run(async () => {
      const query = `SELECT ${COLUMNS} ${this.#from} AND key IN ('${WITNESS_KEY}', ?)`;
      const rows = await this.#read(partition, query, [this.#epoch, partition, key]);
      const row = rows.find((each) => textAt(each, 'key') === key);
      return row === undefined ? undefined : this.#live(row);
    });
  }

  scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    return this.#availability.run(async () => {
      const found: StoredRecord[] = [];
      const bounds = { low: range.from, lowOpen: range.from === WITNESS_KEY, high: range.to };
      const backwards = range.backwards === true;
      while (found.length < range.limit) {
        const limit = Math.min(PAGE, range.limit - found.length);
        const page = await this.#page(partition, bounds, backwards, limit);
        for (const row of page) {
          const record = this.#live(row);
          if (record !== undefined) found.push(record);
        }
        const last = page.at(-1);
        if (page.length < limit || last === undefined) break;
        if (backwards) bounds.high = textAt(last, 'key');
        else Object.assign(bounds, { low: textAt(last, 'key'), lowOpen: true });
      }
      return found;
    });
  }

  commit(partition: string, commit: RecordCommit): Promise<CommitResult> {
    return this.#availability.run(async () => {
      const result = await this.#commits.commit(partition, commit);
      if (result.committed) this.#hints.emit({ kind: 'partition', partition });
      return result;
    });
  }

  #page(
    partition: string,
    { low, lowOpen, high }: { readonly low: string; readonly lowOpen: boolean; readonly high: string },
    backwards: boolean,
    limit: number,
  ): Promise<readonly Row[]> {
    const query =
      `SELECT ${COLUMNS} ${this.#from} AND key ${lowOpen ? '>' : '>='} ?` +
      `${high === '' ? '' : ' AND key < ?'}${backwards ? ' ORDER BY key DESC' : ''} LIMIT ?`;
    const params = [this.#epoch, partition, low, ...(high === '' ? [] : [high]), limit];
    return this.#read(partition, query, params);
  }

  async #read(partition: string, query: string, params: readonly unknown[]): Promise<readonly Row[]> {
    if (this.#heads.remembered(partition) !== undefined) {
      const rows = await this.#session.read(query, params);
      if (rows.length > 0 && rows.every((row) => this.#heads.isAsRemembered(partition, row))) return rows;
    }
    const { commitId } = await this.#heads.settled(partition);
    const rows = await this.#session.read(query, params);
    // No row brings no state: what is absent may be so by a commit that is under way.
    return rows.length > 0 || commitId === null ? rows : this.#session.readSettled(query, params);
  }

  #live(row: Row): StoredRecord | undefined {
    const record = {
      key: textAt(row, 'key'),
      value: bytesAt(row, 'value') ?? Buffer.alloc(0),
      version: numberAt(row, 'version') ?? 0,
      expireTimeUs: numberAt(row, 'expires') ?? 0,
    };
    return isExpired(record, this.#session.nowUs()) ? undefined : record;
  }
}
