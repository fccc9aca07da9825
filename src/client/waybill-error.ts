import { status } from '@grpc/grpc-js';
import type { ErrorReason } from '../core/errors.js';

/** The server's reasons, and those of errors that did not come from a Waybill server or not as it had sent them. */
export type WaybillErrorReason = ErrorReason | 'SERVER_UNREACHABLE' | 'RESPONSE_MALFORMED' | 'UNKNOWN';

export interface WaybillErrorOptions {
  readonly reason: WaybillErrorReason;
  readonly fields?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A failed call. Switch on `reason`, never on the text. */
export class WaybillError extends Error {
  override readonly name = 'WaybillError';
  /** Why, stable across versions. */
  readonly reason: WaybillErrorReason;
  /** Machine-readable facts, such as `limit` and `actual`. */
  readonly fields: Readonly<Record<string, string>>;
  /** When trying again can make sense, if the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    /** The gRPC status code. */
    readonly code: status,
    message: string,
    { reason, fields = {}, retryAfterMs, cause }: WaybillErrorOptions,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.fields = fields;
    this.retryAfterMs = retryAfterMs;
  }

  /** The name of the status code, such as `NOT_FOUND`. */
  get codeName(): string {
    return status[this.code] ?? String(this.code);
  }
}

/** The error of a response whose bytes are not the message that they should be. */
export function malformedResponse(detail: string, cause?: unknown): WaybillError {
  return new WaybillError(status.INTERNAL, `the response is not a valid message: ${detail}`, {
    reason: 'RESPONSE_MALFORMED',
    cause,
  });
}

/** For a part that every response of the method has. */
export function missingField(name: string): never {
  throw malformedResponse(`it has no ${name}`);
}
