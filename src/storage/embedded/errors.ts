import { BrokerError } from '../../core/errors.js';

/** Codes of LMDB and the operating system that say "no room"; the transaction was given up and nothing was written. */
const FULL = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EFBIG', 28, 122, 27, -30792]);

/** Every failure of the database as a BrokerError. Nothing of a failed transaction is stored, whatever the cause. */
export function storageError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  if (isFull(error)) {
    return new BrokerError('STORAGE_FULL', 'the disk of the data folder is full; nothing was written', {
      cause: error,
      retryAfterMs: 1000,
    });
  }
  return new BrokerError('STORAGE_UNAVAILABLE', 'the data folder cannot be used any more; see the log', {
    cause: error,
  });
}

function isFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return FULL.has(error.code);
}

/** What every call answers after `close`. */
export function closedError(): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', 'storage is closed');
}

/** A value that is not what was written. `what` names it for the operator; `fields` for the caller. */
export function damagedError(what: string, fields: Readonly<Record<string, string>> = {}): BrokerError {
  return new BrokerError('DATA_LOSS', `${what} is damaged`, { fields });
}
