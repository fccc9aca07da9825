import type { Clock } from '../../core/clock.js';
import type { PostgresConfig } from '../storage-config.js';
import type { Storage } from '../storage.js';
import { connectionOptions } from './connection-options.js';
import { Database } from './database.js';
import { isUnknownParameter, translate } from './errors.js';
import { migrate } from './migrate.js';
import { PostgresStorage } from './postgres-storage.js';
import { sqlNames } from './schema/sql-names.js';

/** Parts of an operation's time: for a connection, and for the server's answer. The rest is for finding out about loss. */
const CONNECT_PART = 0.4;
const STATEMENT_PART = 0.5;

/**
 * Opens the storage in `config.schema`, which is created or brought up to date.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED when it will never work like this, STORAGE_UNAVAILABLE otherwise; nothing
 *   stays open then
 */
export async function openPostgresStorage(config: PostgresConfig, clock: Clock): Promise<Storage> {
  try {
    return await open(config, clock, true);
  } catch (error) {
    if (!isUnknownParameter(error)) throw translate(error, 'opening');
  }
  try {
    return await open(config, clock, false);
  } catch (error) {
    throw translate(error, 'opening');
  }
}

/** @param serverLimits asks the server to limit the time of statements, which a pooler may not pass on */
async function open(config: PostgresConfig, clock: Clock, serverLimits: boolean): Promise<Storage> {
  const { schema, timeoutMs } = config;
  const limits = { connectMs: timeoutMs * CONNECT_PART, statementMs: timeoutMs * STATEMENT_PART, serverLimits };
  const database = new Database(connectionOptions(config, config.url, limits), {
    size: config.poolSize,
    prepared: config.preparedStatements,
  });
  try {
    const names = sqlNames(schema);
    const epoch = await migrate(database, names, schema);
    const hintOptions = connectionOptions(config, config.listenUrl ?? config.url, limits);
    return await PostgresStorage.open({ database, names, epoch, hintOptions, timeoutMs, clock });
  } catch (error) {
    await database.close();
    throw error;
  }
}
