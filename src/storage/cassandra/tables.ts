import { types } from 'cassandra-driver';
import { BrokerError } from '../../core/errors.js';
import { Backoff } from '../../core/backoff.js';
import { isInvalid, misconfigured } from './errors.js';
import { numberAt, uuidAt } from './row-values.js';
import { META_TABLE, MIGRATIONS, SCHEMA_VERSION } from './schema.js';
import type { Session } from './session.js';

/** The row of `meta` that holds the version of the tables. */
const SCHEMA_ROW = 'schema';

/** Between two looks at a table that another process is creating. */
const RETRIES = { firstMs: 20, maxMs: 500 };

/**
 * Makes sure that the tables are those of this version. Any number of processes may do so at once: all change the schema
 * through the same node, which makes one change after the other, and each step may be made twice.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED when a newer version has written them
 */
export async function ensureTables(session: Session, keyspace: string): Promise<void> {
  const inKeyspace = (statement: string): string => statement.replaceAll('$keyspace', `"${keyspace}"`);
  const tables = await session.read('SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?', [keyspace]);
  if (!tables.some((row) => row.get('table_name') === 'meta')) await session.changeSchema(inKeyspace(META_TABLE));
  await session.schemaAgreed();
  const { meta } = session.tables;
  const found = await readVersion(session);
  if (found > SCHEMA_VERSION) {
    throw misconfigured(
      `the tables of keyspace ${keyspace} are of version ${found}, newer than this server's ${SCHEMA_VERSION}; upgrade it`,
    );
  }
  for (let version = found; version < SCHEMA_VERSION; version += 1) {
    for (const statement of MIGRATIONS[version] ?? []) await session.changeSchema(inKeyspace(statement));
    const query = `UPDATE ${meta} SET version = ? WHERE name = ? IF version = ?`;
    // Whoever is second finds that the step was made.
    await session.commit(
      [{ query, params: [version + 1, SCHEMA_ROW, version === 0 ? null : version] }],
      session.deadline(),
      async () => 'not-applied',
    );
  }
  if (found < SCHEMA_VERSION) await session.schemaAgreed();
}

/** 0 before the first step. Waits for the table: the catalogue names one a moment before it can be read. */
async function readVersion(session: Session): Promise<number> {
  const deadline = session.deadline();
  const backoff = new Backoff(RETRIES);
  for (;;) {
    try {
      const query = `SELECT version FROM ${session.tables.meta} WHERE name = ?`;
      const [row] = await session.readSettled(query, [SCHEMA_ROW]);
      return (row === undefined ? undefined : numberAt(row, 'version')) ?? 0;
    } catch (error) {
      if (!isInvalid(error) || deadline.passed) throw error;
    }
    await deadline.wait(backoff.nextMs());
  }
}

/** The epoch of a log in the keyspace; the first process gives it one. */
export async function ensureEpoch(session: Session, log: string): Promise<types.Uuid> {
  const { meta } = session.tables;
  const name = `log:${log}`;
  const find = async (): Promise<types.Uuid | undefined> => {
    const [row] = await session.readSettled(`SELECT epoch FROM ${meta} WHERE name = ?`, [name]);
    return row === undefined ? undefined : uuidAt(row, 'epoch');
  };
  const known = await find();
  if (known !== undefined) return known;
  const query = `UPDATE ${meta} SET epoch = ? WHERE name = ? IF epoch = ?`;
  await session.commit(
    [{ query, params: [types.Uuid.random(), name, null] }],
    session.deadline(),
    async () => 'not-applied',
  );
  const epoch = await find();
  if (epoch === undefined) throw new BrokerError('STORAGE_UNAVAILABLE', 'Cassandra does not keep the epoch of the log');
  return epoch;
}
