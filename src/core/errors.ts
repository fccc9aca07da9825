/**
 * Every failure that a caller can see has one of these reasons. The wire protocols map reasons to their own codes
 * (`grpc/status.ts` for gRPC); nothing else leaves the process.
 */
export const ERROR_REASONS = [
  // the caller must change the request
  'SUBJECT_INVALID',
  'MESSAGE_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'HEADERS_INVALID',
  'TTL_OUT_OF_RANGE',
  'IDEMPOTENCY_KEY_INVALID',
  'CURSOR_MALFORMED',
  'REQUEST_MALFORMED',
  'ARGUMENT_INVALID',
  'STREAM_NAME_INVALID',
  'EVENT_INVALID',
  // who asks
  'CREDENTIALS_INVALID',
  'ACTION_DENIED',
  // the thing asked for is not there
  'MESSAGE_NOT_FOUND',
  'MESSAGE_EXPIRED',
  'SUBJECT_NOT_FOUND',
  'STREAM_NOT_FOUND',
  'EVENT_NOT_FOUND',
  'POSITION_TRUNCATED',
  'ID_OUT_OF_RANGE',
  // the state does not allow it
  'IDEMPOTENCY_KEY_REUSED',
  'STREAM_EXISTS',
  'EXPECTED_ID_MISMATCH',
  'FENCE_STALE',
  'LEASE_LOST',
  'EPOCH_CHANGED',
  // try again later
  'RATE_LIMITED',
  'WRITER_QUEUE_FULL',
  'STORAGE_FULL',
  'TOO_MANY_STREAMS',
  'STORAGE_UNAVAILABLE',
  'STORAGE_MISCONFIGURED',
  'SHUTTING_DOWN',
  'DRAINING',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  // the broker cannot serve it
  'METHOD_UNKNOWN',
  'DATA_LOSS',
  'INTERNAL',
] as const;

export type ErrorReason = (typeof ERROR_REASONS)[number];

export interface BrokerErrorOptions {
  /** The foreign error behind this one; logged, never sent to a caller. */
  readonly cause?: unknown;
  /** Machine-readable facts for the caller, such as `limit` and `actual`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** When trying again can make sense. */
  readonly retryAfterMs?: number;
}

/**
 * The one error class. The message is lower case, names the thing and holds nothing internal, because callers see it.
 */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly reason: ErrorReason,
    message: string,
    options: BrokerErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fields = options.fields ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Passes a BrokerError through and wraps anything else as INTERNAL, keeping it as the cause. */
export function toBrokerError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  return new BrokerError('INTERNAL', 'internal error', { cause: error });
}
