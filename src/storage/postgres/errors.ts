import { BrokerError } from '../../core/errors.js';
import type { ErrorReason } from '../../core/errors.js';

/** When callers should try again: about the time between two attempts to connect. */
const RETRY_AFTER_MS = 500;

/** What an error of the server or of the connection means; the first that matches. */
interface Meaning {
  /** A code of SQLSTATE or of Node, or the beginning of one. */
  readonly code: string;
  readonly reason: ErrorReason;
  readonly message: string;
  /** Told instead while the storage opens, when it will not change by itself. */
  readonly misconfigured?: string;
}

const CANNOT_BE_REACHED = 'PostgreSQL cannot be reached';
const CERTIFICATE = "PostgreSQL's certificate cannot be verified: check postgres.caFile and sslmode of postgres.url";

const unavailable = (code: string, message: string, misconfigured?: string): Meaning => ({
  code,
  reason: 'STORAGE_UNAVAILABLE',
  message,
  ...(misconfigured === undefined ? {} : { misconfigured }),
});

/** Codes: PostgreSQL documentation, appendix A; `errno` of Node; OpenSSL's names of what is wrong with a certificate. */
const MEANINGS: readonly Meaning[] = [
  { code: '53100', reason: 'STORAGE_FULL', message: "PostgreSQL's disk is full; nothing was written" },
  unavailable(
    '28',
    'PostgreSQL refuses the user or the password',
    'PostgreSQL refuses the user or the password of postgres.url',
  ),
  unavailable('3D000', 'the database does not exist', 'the database of postgres.url does not exist: create it'),
  unavailable(
    '42501',
    'the user lacks a privilege on the tables or the schema',
    'the user of postgres.url may not create or use postgres.schema: grant create on the database or create the schema for it',
  ),
  unavailable('3F000', 'the schema does not exist'),
  unavailable('42P01', 'a table of the schema does not exist'),
  unavailable('42883', 'a function of the schema does not exist'),
  unavailable('53300', 'PostgreSQL has too many connections'),
  unavailable('53', 'PostgreSQL has run out of a resource'),
  unavailable('25006', 'PostgreSQL is read-only, it may be a standby'),
  unavailable('57014', 'PostgreSQL did not answer in time; nothing was written'),
  unavailable('55P03', 'PostgreSQL did not answer in time; nothing was written'),
  unavailable('40', 'PostgreSQL could not finish because of another transaction; nothing was written'),
  { code: 'XX001', reason: 'DATA_LOSS', message: 'PostgreSQL found damaged data' },
  { code: 'XX002', reason: 'DATA_LOSS', message: 'PostgreSQL found a damaged index' },
  unavailable('08', CANNOT_BE_REACHED),
  unavailable('57P', CANNOT_BE_REACHED),
  unavailable('58', 'PostgreSQL has trouble with its files'),
  ...['ECONN', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOST', 'ENET', 'EADDR', 'ENOENT', 'EMFILE'].map((code) =>
    unavailable(code, CANNOT_BE_REACHED),
  ),
  unavailable('ENOTFOUND', "PostgreSQL's host name cannot be resolved"),
  ...['CERT_', 'DEPTH_ZERO', 'SELF_SIGNED', 'UNABLE_TO', 'ERR_TLS_CERT', 'HOSTNAME_MISMATCH'].map((code) =>
    unavailable(code, CERTIFICATE, CERTIFICATE),
  ),
  unavailable('ERR_SSL', 'PostgreSQL cannot be spoken to over TLS'),
  unavailable('EPROTO', 'PostgreSQL cannot be spoken to over TLS'),
];

/** What the client library says without a code. */
const NO_TLS = 'The server does not support SSL connections';
const LOST = [
  'Connection terminated',
  'Query read timeout',
  'timeout exceeded',
  'Client has encountered',
  'Client was closed',
];

/** Every code of an error and of what is behind it. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  const seen = new Set<unknown>();
  const visit = (each: unknown): void => {
    if (typeof each !== 'object' || each === null || seen.has(each)) return;
    seen.add(each);
    if ('code' in each && typeof each.code === 'string') codes.push(each.code);
    if ('cause' in each) visit(each.cause);
    if ('errors' in each && Array.isArray(each.errors)) for (const inner of each.errors) visit(inner);
  };
  visit(error);
  return codes;
}

/** True for errors of this SQLSTATE, or of a class of them. */
export function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  return codesOf(error).some((code) => states.some((state) => code.startsWith(state)));
}

/**
 * True when the server itself has answered that the statement failed, so that nothing of it was written. Otherwise the
 * connection failed, and a statement that was sent may have been carried out.
 */
export function isRefusal(error: unknown): boolean {
  return codesOf(error).some((code) => /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|E)/.test(code));
}

/** True when the server has given up a statement that took too long or lost against others: it is there, and busy. */
export function tookTooLong(error: unknown): boolean {
  return hasSqlState(error, '57014', '55P03', '40');
}

/** True when a pooler does not pass on a parameter that the connection asked for. */
export function isUnknownParameter(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported startup parameter');
}

/** Every failure of PostgreSQL, of its client library or of the network as a BrokerError without anything internal. */
export function translate(error: unknown, phase: 'opening' | 'running' = 'running'): BrokerError {
  if (error instanceof BrokerError) return error;
  for (const code of codesOf(error)) {
    const meaning = MEANINGS.find((each) => code.startsWith(each.code));
    if (meaning === undefined) continue;
    if (phase === 'opening' && meaning.misconfigured !== undefined) {
      return new BrokerError('STORAGE_MISCONFIGURED', meaning.misconfigured, { cause: error });
    }
    return failure(meaning.reason, meaning.message, error);
  }
  const text = error instanceof Error ? error.message : '';
  if (text.startsWith(NO_TLS)) {
    const message = 'PostgreSQL offers no TLS: change sslmode of postgres.url or set up TLS on the server';
    return phase === 'opening'
      ? new BrokerError('STORAGE_MISCONFIGURED', message, { cause: error })
      : failure('STORAGE_UNAVAILABLE', message, error);
  }
  if (LOST.some((beginning) => text.startsWith(beginning)))
    return failure('STORAGE_UNAVAILABLE', CANNOT_BE_REACHED, error);
  return new BrokerError('INTERNAL', 'PostgreSQL failed in an unexpected way', { cause: error });
}

function failure(reason: ErrorReason, message: string, cause: unknown): BrokerError {
  const retryable = reason === 'STORAGE_UNAVAILABLE' || reason === 'STORAGE_FULL';
  return new BrokerError(reason, message, { cause, ...(retryable ? { retryAfterMs: RETRY_AFTER_MS } : {}) });
}

/** A write that certainly did not take place. */
export function notWritten(error: unknown): BrokerError {
  const translated = translate(error);
  if (translated.reason !== 'STORAGE_UNAVAILABLE') return translated;
  return new BrokerError(translated.reason, translated.message, {
    cause: error,
    fields: { ...translated.fields, outcome: 'not_written' },
    retryAfterMs: RETRY_AFTER_MS,
  });
}

/** For an operation that had not begun when the storage was lost. */
export function refused(): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', CANNOT_BE_REACHED, {
    fields: { outcome: 'not_written' },
    retryAfterMs: RETRY_AFTER_MS,
  });
}

/** A write of which nobody can say whether it was carried out. */
export function unknownOutcome(cause: unknown): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', 'the connection to PostgreSQL was lost while it was writing', {
    cause,
    fields: { outcome: 'unknown' },
    retryAfterMs: RETRY_AFTER_MS,
  });
}
