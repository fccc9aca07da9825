import { constants } from 'node:os';
import { BrokerError } from '../../core/errors.js';

const { ENOSPC, EDQUOT, EFBIG } = constants.errno;

/** What errors say when a file cannot grow: LMDB's the codes of the system and MDB_MAP_FULL, Node's their names. */
const FULL: ReadonlySet<unknown> = new Set([ENOSPC, EDQUOT, EFBIG, -30_792, 'ENOSPC', 'EDQUOT', 'EFBIG']);

/** The code of a foreign error; native errors need not be instances of this realm's Error. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Every failure of the database as a BrokerError. */
export function storageError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  if (FULL.has(errorCode(error))) return fullError(error);
  return new BrokerError('STORAGE_UNAVAILABLE', 'the data folder cannot be used any more', { cause: error });
}

/** A transaction that failed for another reason than space: it may or may not be found after a restart. */
export function unknownOutcomeError(cause: unknown): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', 'writing to the data folder failed', {
    cause,
    fields: { outcome: 'unknown' },
  });
}

/** The transaction was given up and nothing was written. */
export function fullError(cause: unknown): BrokerError {
  return new BrokerError('STORAGE_FULL', 'the disk of the data folder is full; nothing was written', {
    cause,
    retryAfterMs: 1000,
  });
}

/** What every call answers after `close`. */
export function closedError(): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', 'storage is closed');
}

/** A value that is not what was written. `what` names it for the operator; `fields` for the caller. */
export function damagedError(what: string, fields: Readonly<Record<string, string>> = {}): BrokerError {
  return new BrokerError('DATA_LOSS', `${what} is damaged`, { fields });
}
