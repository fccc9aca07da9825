import type { types } from 'cassandra-driver';
import { isExpired } from '../../core/message.js';
import type { Availability } from '../availability.js';
import type { HintListeners } from '../hint-listeners.js';
import type { CommitResult, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import { RecordCommits } from './record-commits.js';
import { bytesAt, numberAt, textAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';

/** Records that one request asks for; one is a few hundred bytes as a rule. */
const PAGE = 500;

const COLUMNS = 'key, value, version, expires';

/**
 * Records, a partition of Cassandra for each partition. Reads are settled (LOCAL_SERIAL): a quorum could show one record
 * of a commit whose writer died and not the other.
 */
export class CassandraRecords implements RecordStore {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #availability: Availability;
  readonly #hints: HintListeners;
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
    this.#commits = new RecordCommits(parts.session, parts.epoch);
    this.#from = `FROM ${parts.session.tables.records} WHERE epoch = ? AND partition = ?`;
  }

  get(partition: string, key: string): Promise<StoredRecord | undefined> {
    return this.#availability.run(async () => {
      const query = `SELECT ${COLUMNS} ${this.#from} AND key = ?`;
      const [row] = await this.#session.readSettled(query, [this.#epoch, partition, key]);
      return row === undefined ? undefined : this.#live(row);
    });
  }

  scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    return this.#availability.run(async () => {
      const found: StoredRecord[] = [];
      const bounds = { low: range.from, lowOpen: false, high: range.to };
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
    return this.#session.readSettled(query, params);
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
