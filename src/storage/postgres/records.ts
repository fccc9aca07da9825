import { crc32 } from 'node:zlib';
import type { Availability } from '../availability.js';
import type { CommitResult, Hint, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import type { Batches } from './batches.js';
import { ByteColumn } from './byte-column.js';
import { arrayOf } from './database.js';
import type { Database, Parameter, Statement } from './database.js';
import { AFTER_ALL_NAMES } from './log-statements.js';
import { NOW_US } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

interface RecordRow {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: number;
  readonly expire_time_us: number;
}

/** Says in the outcomes of a commit that it was made. */
const COMMITTED = -1;

/** The records in PostgreSQL; README.md describes their table. */
export class PostgresRecords implements RecordStore {
  readonly #database: Database;
  readonly #batches: Batches;
  readonly #availability: Availability;
  readonly #onHint: (hint: Hint) => void;
  readonly #get: Statement;
  readonly #up: Statement;
  readonly #down: Statement;
  readonly #commit: Statement;

  constructor(parts: {
    readonly database: Database;
    readonly names: SqlNames;
    readonly batches: Batches;
    readonly availability: Availability;
    readonly onHint: (hint: Hint) => void;
  }) {
    this.#database = parts.database;
    this.#batches = parts.batches;
    this.#availability = parts.availability;
    this.#onHint = parts.onHint;
    const { schema } = parts.names;
    const select = `SELECT key, value, version, expire_time_us FROM ${schema}.record
      WHERE partition = $1 AND (expire_time_us = 0 OR expire_time_us > ${NOW_US})`;
    const scan = `${select} AND key >= $2 AND key < $3`;
    this.#get = { name: 'record', text: `${select} AND key = $2` };
    this.#up = { name: 'records', text: `${scan} ORDER BY key LIMIT $4` };
    this.#down = { name: 'records_down', text: `${scan} ORDER BY key DESC LIMIT $4` };
    const parameters = Array.from({ length: 16 }, (_, index) => `$${index + 1}`).join(', ');
    this.#commit = { name: 'commit', text: `SELECT outcomes, now_us FROM ${schema}.commit_records(${parameters})` };
  }

  get(partition: string, key: string): Promise<StoredRecord | undefined> {
    return this.#availability.run(async () => {
      const [row] = await this.#database.query<RecordRow>(this.#get, [Buffer.from(partition), Buffer.from(key)]);
      return row === undefined ? undefined : recordOf(row);
    });
  }

  scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    return this.#availability.run(async () => {
      const to = range.to === '' ? AFTER_ALL_NAMES : Buffer.from(range.to);
      const values = [Buffer.from(partition), Buffer.from(range.from), to, range.limit];
      const statement = range.backwards === true ? this.#down : this.#up;
      return (await this.#database.query<RecordRow>(statement, values)).map(recordOf);
    });
  }

  commit(partition: string, commit: RecordCommit): Promise<CommitResult> {
    return this.#availability.run(async () => {
      const [failed = 0, version = 0, timeUs = 0] = await this.#batches.write(
        this.#commit,
        commitValues(partition, commit),
      );
      if (failed !== COMMITTED) return { committed: false, failedKey: commit.conditions?.[failed]?.key ?? '' };
      this.#onHint({ kind: 'partition', partition });
      return { committed: true, version, timeUs };
    });
  }
}

function recordOf({ key, value, version, expire_time_us }: RecordRow): StoredRecord {
  return { key: key.toString(), value, version, expireTimeUs: expire_time_us };
}

/** Parameters of the function `commit_records`, after slot and batch. All keys stand in one column. */
function commitValues(partition: string, commit: RecordCommit): readonly Parameter[] {
  const { conditions = [], puts = [], deletes = [] } = commit;
  const keys = [...conditions, ...puts].map(({ key }) => Buffer.from(key));
  const all = [...keys, ...deletes.map((key) => Buffer.from(key))];
  const places: { readonly from: number; readonly length: number }[] = [];
  let end = 1;
  for (const { length } of all) {
    places.push({ from: end, length });
    end += length;
  }
  const columns = (from: number, count: number): readonly Parameter[] => {
    const part = places.slice(from, from + count);
    return [arrayOf(part.map((place) => place.from)), arrayOf(part.map(({ length }) => length))];
  };
  const values = new ByteColumn();
  for (const { value } of puts) values.add(value);
  return [
    Buffer.from(partition),
    crc32(partition) | 0,
    Buffer.concat(all),
    ...columns(0, conditions.length),
    arrayOf(conditions.map(({ version }) => version)),
    ...columns(conditions.length, puts.length),
    arrayOf(puts.map(({ ttlUs }) => ttlUs)),
    values.from,
    values.lengths,
    values.bytes,
    ...columns(keys.length, deletes.length),
  ];
}
