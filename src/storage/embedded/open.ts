import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import type { Storage } from '../storage.js';
import type { Database } from './database.js';
import { EmbeddedStorage } from './embedded-storage.js';
import { damagedError, errorCode } from './errors.js';
import { folderError, hasMarker, prepareFolder, writeMarker } from './folder.js';
import { FolderLock } from './folder-lock.js';
import { JournaledDatabase } from './journaled-database.js';
import { STATE_KEY } from './keys.js';
import { LmdbDatabase } from './lmdb-database.js';
import { decodeStoreState, encodeStoreState } from './store-state.js';
import type { StoreState } from './store-state.js';
import { checkStructure } from './structure-check.js';

export interface EmbeddedOptions {
  /** The data folder; created when it does not exist. */
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Opens the store in a folder, or creates it, and keeps other processes out.
 *
 * @throws BrokerError STORAGE_UNAVAILABLE when the folder is in use, cannot be written or holds something else;
 *   DATA_LOSS when the store in it is damaged. Nothing stays open then.
 */
export async function openEmbeddedStorage({ path, clock }: EmbeddedOptions): Promise<Storage> {
  prepareFolder(path);
  const lock = await acquire(path, clock);
  let database: Database | undefined;
  try {
    const file = join(path, 'data.mdb');
    const isNew = !exists(file, path);
    const found = isNew ? undefined : checkStructure(file);
    // Readers of a process that was killed are still noted there; nobody else can be using it now.
    rmSync(`${file}-lock`, { force: true });
    database = new LmdbDatabase(file);
    const before = await loadState(database, path, clock);
    if (found !== undefined && found.entries > 0 && found.keySum !== before.keySum) throw damagedError(`"${file}"`);
    database = await JournaledDatabase.open(database, path, clock);
    const state = await loadState(database, path, clock);
    writeMarker(path);
    return new EmbeddedStorage({ database, state, lock, clock });
  } catch (error) {
    await database?.close();
    await lock.release();
    throw typeof errorCode(error) === 'string' ? folderError(path, error) : error;
  }
}

async function acquire(path: string, clock: Clock): Promise<FolderLock> {
  try {
    return await FolderLock.acquire(path, clock);
  } catch (error) {
    if (error instanceof BrokerError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new BrokerError('STORAGE_UNAVAILABLE', `data folder "${path}" cannot be locked (${code})`, { cause: error });
  }
}

/** False for a folder that never had a store. */
function exists(file: string, path: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  // Opening a pipe would wait for whoever writes to it.
  if (found !== undefined && !found.isFile()) {
    throw new BrokerError('STORAGE_UNAVAILABLE', `"${file}" is not a file`);
  }
  if (found !== undefined && found.size > 0) return true;
  if (!hasMarker(path)) return false;
  throw new BrokerError('DATA_LOSS', `"${file}" is missing or empty; restore a backup or remove the folder`);
}

async function loadState(database: Database, path: string, clock: Clock): Promise<StoreState> {
  const value = database.get(STATE_KEY);
  if (value !== undefined) return decodeStoreState(value, path);
  if (database.firstKey({ start: Buffer.from([0]), end: Buffer.from([0xff]) }) !== undefined) {
    throw new BrokerError('STORAGE_UNAVAILABLE', `"${join(path, 'data.mdb')}" is not a store of waybill`);
  }
  const state: StoreState = {
    epoch: randomUUID(),
    createdTimeUs: clock.nowUs(),
    lastPublishTimeUs: 0,
    nextSubjectNumber: 1,
    revision: 0,
    keySum: 0,
  };
  await database.commit([[STATE_KEY, encodeStoreState(state)]]);
  return state;
}
