import { ErrorReply } from '@redis/client';
import { BrokerError } from '../../core/errors.js';
import { LIFE_CHANGED, SUPERSEDED } from './scripts/script.js';

/** When a publish that found no room is worth another try. */
const FULL_RETRY_MS = 1000;

/** What comes first in an error of the server, and what it means. Everything that is not here is INTERNAL. */
const REPLIES: readonly (readonly [code: string, error: (cause: Error) => BrokerError])[] = [
  ['OOM', (cause) => full('redis has no memory left (maxmemory); nothing was written', cause)],
  ['MISCONF', misconfigured],
  ['LOADING', (cause) => unavailable('redis is loading its data', cause)],
  ['BUSY', (cause) => unavailable('redis is busy with a script of someone else', cause)],
  ['READONLY', (cause) => unavailable('redis is a replica and cannot be written to', cause)],
  ['MASTERDOWN', (cause) => unavailable('redis is a replica that has lost its master', cause)],
  ['NOREPLICAS', (cause) => unavailable('redis has too few replicas (min-replicas-to-write)', cause)],
  ['CLUSTERDOWN', (cause) => unavailable('the redis cluster is down', cause)],
  ['TRYAGAIN', (cause) => unavailable('the redis cluster is moving keys', cause)],
  ['WRONGPASS', () => refused('redis does not know this user or password; check redis.url')],
  ['NOAUTH', () => refused('redis asks for a password; name user and password in redis.url')],
  ['NOPERM', () => refused('the redis user may not run the commands that are needed; check its ACL')],
  ['NOPROTO', () => refused('redis does not speak its protocol in the version that is needed')],
  [LIFE_CHANGED, (cause) => lost(cause)],
  [SUPERSEDED, (cause) => unavailable('the answer came too late', cause)],
];

/** Errors without a code of their own that will stay for ever. */
const REFUSALS: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/without any password configured/, 'redis asks for no password but redis.url names one'],
  [/DB index/, 'redis does not have the database that redis.url names by its number'],
  [/cluster support disabled/, 'redis is not a node of a cluster; set redis.cluster to off'],
];

/** Every failure of the server or of the client library as a BrokerError. */
export function redisError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  if (!(error instanceof ErrorReply)) return tlsError(error) ?? unavailable('redis cannot be reached', error);
  for (const [code, translate] of REPLIES) if (error.message.startsWith(code)) return translate(error);
  for (const [pattern, message] of REFUSALS) if (pattern.test(error.message)) return refused(message);
  return new BrokerError('INTERNAL', 'redis has refused a command', { cause: error });
}

/** OpenSSL's words for a certificate that is not trusted, and Node's. */
const UNTRUSTED = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

/** A certificate stays what it is until somebody changes the settings. */
function tlsError(error: unknown): BrokerError | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return UNTRUSTED.test(code)
    ? refused(`the certificate of redis is not trusted (${code}); check redis.caFile`)
    : undefined;
}

/** The server has answered, so nothing is unknown about this command. */
export function isReply(error: unknown): error is ErrorReply {
  return error instanceof ErrorReply;
}

export function unavailable(message: string, cause?: unknown): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', message, { cause, retryAfterMs: 500 });
}

/** Written or not: an answer was lost, and Redis could not be asked again in time. */
export function withUnknownOutcome({ reason, message, cause, retryAfterMs }: BrokerError): BrokerError {
  return new BrokerError(reason, message, {
    cause,
    fields: { outcome: 'unknown' },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** It will never work like this. */
export function refused(message: string): BrokerError {
  return new BrokerError('STORAGE_MISCONFIGURED', message);
}

function full(message: string, cause: unknown): BrokerError {
  return new BrokerError('STORAGE_FULL', message, { cause, retryAfterMs: FULL_RETRY_MS });
}

/** Redis cannot write its append-only file or snapshot. */
function misconfigured(cause: Error): BrokerError {
  return /No space left/i.test(cause.message)
    ? full('the disk of redis is full; nothing was written', cause)
    : unavailable('redis cannot write its data to disk', cause);
}

function lost(cause: unknown): BrokerError {
  return new BrokerError(
    'STORAGE_UNAVAILABLE',
    'redis has lost the data that was opened, or holds other data now; restart the broker to go on with what is there',
    { cause },
  );
}
