import { status } from '@grpc/grpc-js';
import type { ErrorReason } from '../core/errors.js';

/** The server's reasons; `SERVER_UNREACHABLE` and `UNKNOWN` are for errors that did not come from a Waybill server. */
export type WaybillErrorReason = ErrorReason | 'SERVER_UNREACHABLE' | 'UNKNOWN';

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
