import { status } from '@grpc/grpc-js';
import type { ErrorReason } from '../core/errors.js';

/**
 * The gRPC code of each reason. Clients retry by the code alone, so what is pointless to repeat unchanged (a message
 * that is too large, for example) must not be RESOURCE_EXHAUSTED or UNAVAILABLE.
 */
export const STATUS_CODES = {
  SUBJECT_INVALID: status.INVALID_ARGUMENT,
  MESSAGE_TOO_LARGE: status.INVALID_ARGUMENT,
  BATCH_TOO_LARGE: status.INVALID_ARGUMENT,
  HEADERS_INVALID: status.INVALID_ARGUMENT,
  TTL_OUT_OF_RANGE: status.INVALID_ARGUMENT,
  IDEMPOTENCY_KEY_INVALID: status.INVALID_ARGUMENT,
  CURSOR_MALFORMED: status.INVALID_ARGUMENT,
  REQUEST_MALFORMED: status.INVALID_ARGUMENT,
  ARGUMENT_INVALID: status.INVALID_ARGUMENT,
  MESSAGE_NOT_FOUND: status.NOT_FOUND,
  MESSAGE_EXPIRED: status.NOT_FOUND,
  SUBJECT_NOT_FOUND: status.NOT_FOUND,
  POSITION_TRUNCATED: status.OUT_OF_RANGE,
  ID_OUT_OF_RANGE: status.OUT_OF_RANGE,
  IDEMPOTENCY_KEY_REUSED: status.ALREADY_EXISTS,
  EXPECTED_ID_MISMATCH: status.ABORTED,
  FENCE_STALE: status.FAILED_PRECONDITION,
  EPOCH_CHANGED: status.FAILED_PRECONDITION,
  WRITER_QUEUE_FULL: status.RESOURCE_EXHAUSTED,
  STORAGE_FULL: status.RESOURCE_EXHAUSTED,
  TOO_MANY_STREAMS: status.RESOURCE_EXHAUSTED,
  STORAGE_UNAVAILABLE: status.UNAVAILABLE,
  SHUTTING_DOWN: status.UNAVAILABLE,
  DRAINING: status.UNAVAILABLE,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  CANCELLED: status.CANCELLED,
  METHOD_UNKNOWN: status.UNIMPLEMENTED,
  DATA_LOSS: status.DATA_LOSS,
  INTERNAL: status.INTERNAL,
} as const satisfies Record<ErrorReason, status>;

/** Codes of a service whose contract fixes others than {@link STATUS_CODES}. */
export type StatusCodeOverrides = Readonly<Partial<Record<ErrorReason, status>>>;
