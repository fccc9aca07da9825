import { errors } from 'cassandra-driver';
import { BrokerError } from '../../core/errors.js';

/** Codes of error answers that mean something to us; native protocol v4, section 9. */
const CODE = {
  badCredentials: 0x0100,
  unavailable: 0x1000,
  overloaded: 0x1001,
  bootstrapping: 0x1002,
  unauthorized: 0x2100,
  syntax: 0x2000,
  invalid: 0x2200,
  configuration: 0x2300,
} as const;

/** The server says so before it writes anything. */
const NOT_WRITTEN: ReadonlySet<number> = new Set([
  CODE.badCredentials,
  CODE.unavailable,
  CODE.overloaded,
  CODE.bootstrapping,
  CODE.unauthorized,
  CODE.syntax,
  CODE.invalid,
  CODE.configuration,
]);

/** Every failure of the client library as a BrokerError, by what is at its root. */
export function storageError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  const cause = rootOf(error);
  if (cause instanceof errors.AuthenticationError) return credentialsRefused(cause);
  if (cause instanceof errors.ArgumentError) return wrongSetting(cause);
  if (cause instanceof errors.ResponseError) return answerError(cause);
  if (cause instanceof errors.DriverError || errorCode(cause) !== undefined || foundNoConnection(cause)) {
    return unreachable(cause);
  }
  return new BrokerError('INTERNAL', 'internal error', { cause: error });
}

/** True when the request certainly changed nothing. */
export function wasNotWritten(error: unknown): boolean {
  if (error instanceof BrokerError) return error.fields['outcome'] === 'not_written';
  // The driver tries other nodes only as long as no node can have taken the request.
  if (error instanceof errors.NoHostAvailableError || foundNoConnection(error)) return true;
  return error instanceof errors.ResponseError && NOT_WRITTEN.has(error.code);
}

/**
 * The client library wanted to prepare a statement on a node to which it has no connection just then. It throws a plain
 * error and does not try the next node (4.10, `host-connection-pool.js` and `prepare-handler.js`).
 */
export function foundNoConnection(error: unknown): boolean {
  return error instanceof Error && error.message === 'No connection available';
}

/** The server knows something that the statement names not at all, or differently. */
export function isInvalid(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.code === CODE.invalid;
}

/** A write of which nobody could say in time whether it was made. */
export function unknownOutcome(cause: unknown): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', 'Cassandra did not say in time whether it has written', {
    cause,
    fields: { outcome: 'unknown' },
  });
}

const CONTENDED = 'too many writers contend for the same partition';

/** True for {@link contended}: the cluster is there, and busy. */
export function isContention(error: unknown): boolean {
  return error instanceof BrokerError && error.message === CONTENDED;
}

/** A write that other writers of the same partition were always ahead of. */
export function contended(): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', CONTENDED, {
    fields: { outcome: 'not_written' },
    retryAfterMs: 100,
  });
}

/** What no retry can mend. */
export function misconfigured(message: string, cause?: unknown): BrokerError {
  return new BrokerError('STORAGE_MISCONFIGURED', message, cause === undefined ? {} : { cause });
}

function answerError(error: errors.ResponseError): BrokerError {
  switch (error.code) {
    case CODE.badCredentials:
      return credentialsRefused(error);
    case CODE.unauthorized:
      return misconfigured(
        'the user of cassandra.username may not do what is needed: create, select and modify',
        error,
      );
    case CODE.configuration:
      return misconfigured('Cassandra refuses the keyspace; check cassandra.replication', error);
    case CODE.syntax:
    case CODE.invalid:
      return new BrokerError('INTERNAL', 'Cassandra refused a statement', { cause: error });
    case CODE.unavailable:
      return unreachable(error, 'too few replicas of Cassandra are up');
    default:
      return unreachable(error, 'Cassandra cannot serve now');
  }
}

function unreachable(cause: unknown, message = 'Cassandra cannot be reached'): BrokerError {
  return new BrokerError('STORAGE_UNAVAILABLE', message, {
    cause,
    fields: { outcome: wasNotWritten(cause) ? 'not_written' : 'unknown' },
    retryAfterMs: 500,
  });
}

function credentialsRefused(cause: unknown): BrokerError {
  return misconfigured('Cassandra refuses the user; check cassandra.username and cassandra.password', cause);
}

function wrongSetting(cause: errors.ArgumentError): BrokerError {
  if (cause.message.includes('localDataCenter')) {
    return misconfigured('no contact point is in the data centre of cassandra.localDatacenter', cause);
  }
  return new BrokerError('INTERNAL', 'the Cassandra client refused an argument', { cause });
}

/** A NoHostAvailableError only collects what each node had: credentials that one refuses matter more than others' silence. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof errors.NoHostAvailableError)) return error;
  const inner: unknown[] = Object.values((error.innerErrors ?? {}) as Readonly<Record<string, unknown>>).map(rootOf);
  const refused = inner.find(
    (each) =>
      each instanceof errors.AuthenticationError ||
      each instanceof errors.ArgumentError ||
      (each instanceof errors.ResponseError && each.code === CODE.badCredentials),
  );
  return refused ?? error;
}

/** Errors of sockets carry the system's name for them, such as ECONNREFUSED. */
function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
