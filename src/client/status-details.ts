import { status, type ServiceError } from '@grpc/grpc-js';
import { ERROR_REASONS } from '../core/errors.js';
import { decodeAs } from './proto.js';
import { WaybillError, type WaybillErrorReason } from './waybill-error.js';

const DETAILS_KEY = 'grpc-status-details-bin';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

interface StatusShape {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url?: string; readonly typeUrl?: string; readonly value: Uint8Array }[];
}

interface ErrorInfoShape {
  readonly reason: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface RetryInfoShape {
  readonly retryDelay?: { readonly seconds: number; readonly nanos: number };
}

/** The error that a serialized `google.rpc.Status` describes. */
export function decodeStatus(bytes: Uint8Array, cause?: unknown): WaybillError {
  const { code, message, details } = decodeAs<StatusShape>('google.rpc.Status', bytes);
  let reason: WaybillErrorReason = 'UNKNOWN';
  let fields: Readonly<Record<string, string>> = {};
  let retryAfterMs: number | undefined;
  for (const detail of details) {
    const type = detail.typeUrl ?? detail.type_url;
    if (type === ERROR_INFO) {
      const info = decodeAs<ErrorInfoShape>('google.rpc.ErrorInfo', detail.value);
      reason = ERROR_REASONS.find((known) => known === info.reason) ?? 'UNKNOWN';
      fields = info.metadata ?? {};
    } else if (type === RETRY_INFO) {
      const { retryDelay } = decodeAs<RetryInfoShape>('google.rpc.RetryInfo', detail.value);
      if (retryDelay != null) retryAfterMs = retryDelay.seconds * 1000 + retryDelay.nanos / 1e6;
    }
  }
  return new WaybillError(code, message, { reason, fields, retryAfterMs, cause });
}

/** The reason of an error that the transport made, without details from a server. */
const TRANSPORT_REASONS: Readonly<Partial<Record<status, WaybillErrorReason>>> = {
  [status.CANCELLED]: 'CANCELLED',
  [status.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [status.UNAVAILABLE]: 'SERVER_UNREACHABLE',
  [status.UNIMPLEMENTED]: 'METHOD_UNKNOWN',
};

/** What a failed call of grpc-js means; other errors pass through as they are. */
export function toWaybillError(error: unknown): unknown {
  if (error instanceof WaybillError || !isServiceError(error)) return error;
  const [details] = error.metadata.get(DETAILS_KEY);
  if (details instanceof Buffer) {
    try {
      return decodeStatus(details, error);
    } catch {
      // Details that cannot be read leave what the status itself says.
    }
  }
  return transportError(error);
}

/** What grpc-js says of a stream that the other side reset with INTERNAL_ERROR. */
const RESET = 'Received RST_STREAM with code 2 ';

/** Seconds after which a proxy that has refused a call for its limits wants to be asked again. */
const RETRY_AFTER = 'retry-after';

function transportError(error: ServiceError): WaybillError {
  const { code, details, metadata } = error;
  // A proxy does so when the server behind it is gone in the middle of an answer.
  if (code === status.INTERNAL && details.startsWith(RESET)) {
    return new WaybillError(status.UNAVAILABLE, details, { reason: 'SERVER_UNREACHABLE', cause: error });
  }
  const retryAfterSeconds = Number(metadata.get(RETRY_AFTER)[0]);
  if (code === status.RESOURCE_EXHAUSTED && retryAfterSeconds > 0) {
    const retryAfterMs = retryAfterSeconds * 1000;
    return new WaybillError(code, details, { reason: 'RATE_LIMITED', retryAfterMs, cause: error });
  }
  return new WaybillError(code, details, { reason: TRANSPORT_REASONS[code] ?? 'UNKNOWN', cause: error });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error && 'details' in error;
}
