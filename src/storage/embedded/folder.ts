import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BrokerError } from '../../core/errors.js';
import { errorCode } from './errors.js';
import { FORMAT_VERSION } from './store-state.js';

/** Says that a store was created here, so that a lost database is not taken for a new one. */
const MARKER = 'FORMAT';

/** Creates the folder if need be. @throws BrokerError STORAGE_UNAVAILABLE when it cannot be used */
export function prepareFolder(path: string): void {
  try {
    createFolder(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderError(path, error);
  }
}

/** A failure of the file system in the data folder, in words for the operator. */
export function folderError(path: string, error: unknown): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', `data folder "${path}" ${complaint(error)}`, { cause: error });
}

/**
 * Creates the folder with its parents, each on disk. Node's own `recursive` never returns where the system says of a
 * folder whose parent exists that it cannot be found, as below /proc.
 */
function createFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) {
    if (!found.isDirectory()) throw Object.assign(new Error('it is a file'), { code: 'ENOTDIR' });
    return;
  }
  const parent = dirname(path);
  if (parent !== path) createFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may create it at the same time.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  syncFolder(parent);
}

function complaint(error: unknown): string {
  const code = String(errorCode(error));
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'is not a folder';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be written: permission denied';
    case 'EROFS':
      return 'cannot be written: the file system is read-only';
    case 'ENOENT':
      return 'cannot be created there';
    default:
      return `cannot be used (${code})`;
  }
}

export function hasMarker(path: string): boolean {
  return existsSync(join(path, MARKER));
}

/** Puts the marker and the names of the folder's files on disk. */
export function writeMarker(path: string): void {
  if (hasMarker(path)) return;
  writeFileSync(join(path, MARKER), `waybill embedded storage, format ${FORMAT_VERSION}\n`, { flush: true });
  syncFolder(path);
}

/** A new file survives a power cut only when its folder is on disk too. Windows has no such call. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
