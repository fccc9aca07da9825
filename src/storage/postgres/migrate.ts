import { BrokerError } from '../../core/errors.js';
import type { Connection, Database, Statement } from './database.js';
import { MIGRATIONS } from './schema/migrations.js';
import { SOLE_TASK } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

interface Meta {
  readonly version: number;
  readonly epoch: string;
  readonly standby: boolean;
}

const unnamed = (text: string): Statement => ({ name: '', text });

/**
 * Brings the schema to the version of this build, one process at a time, and answers the epoch of its data.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED when it was written by a newer build, STORAGE_UNAVAILABLE on a standby
 */
export async function migrate(database: Database, names: SqlNames, schema: string): Promise<string> {
  const present = await readMeta(database, names);
  if (present?.standby === true) {
    throw new BrokerError('STORAGE_UNAVAILABLE', 'PostgreSQL is a standby: postgres.url must lead to the primary');
  }
  if (present !== undefined && present.version > MIGRATIONS.length) throw newerVersion(schema, present.version);
  if (present?.version === MIGRATIONS.length) return present.epoch;
  return database.transaction((connection) => upgrade(connection, names, schema));
}

async function upgrade(connection: Connection, names: SqlNames, schema: string): Promise<string> {
  await connection.query(unnamed('SELECT pg_advisory_xact_lock($1, $2)'), [names.taskLocks, SOLE_TASK.migrate]);
  // Creating a schema that is there already asks for the right to create one, which a careful operator has not given.
  const [found] = await connection.query<{ there: boolean }>(
    unnamed('SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1) AS there'),
    [schema],
  );
  if (found?.there !== true) await connection.query(unnamed(`CREATE SCHEMA ${names.schema}`), []);
  await connection.query(
    unnamed(`CREATE TABLE IF NOT EXISTS ${names.schema}.meta (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      version integer NOT NULL,
      epoch text NOT NULL DEFAULT gen_random_uuid()::text
    )`),
    [],
  );
  const [before] = await connection.query<Meta>(unnamed(`SELECT version, epoch FROM ${names.schema}.meta`), []);
  const from = before?.version ?? 0;
  if (from > MIGRATIONS.length) throw newerVersion(schema, from);
  for (const migration of MIGRATIONS.slice(from)) await connection.script(migration(names));
  const [after] = await connection.query<Meta>(
    unnamed(`INSERT INTO ${names.schema}.meta (version) VALUES ($1)
      ON CONFLICT (only_row) DO UPDATE SET version = excluded.version RETURNING version, epoch`),
    [MIGRATIONS.length],
  );
  return (after as Meta).epoch;
}

/** The version and epoch of the schema, undefined when there is none yet. */
async function readMeta(database: Database, names: SqlNames): Promise<Meta | undefined> {
  const [table] = await database.query<{ there: boolean; standby: boolean }>(
    unnamed('SELECT to_regclass($1) IS NOT NULL AS there, pg_is_in_recovery() AS standby'),
    [`${names.schema}.meta`],
  );
  if (table?.standby === true) return { version: 0, epoch: '', standby: true };
  if (table?.there !== true) return undefined;
  const [meta] = await database.query<Meta>(
    unnamed(`SELECT version, epoch, false AS standby FROM ${names.schema}.meta`),
    [],
  );
  return meta;
}

function newerVersion(schema: string, version: number): BrokerError {
  return new BrokerError(
    'STORAGE_MISCONFIGURED',
    `schema "${schema}" has version ${version} and this build knows up to ${MIGRATIONS.length}: start a newer build`,
  );
}
