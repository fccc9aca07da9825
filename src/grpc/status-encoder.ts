import { randomUUID } from 'node:crypto';
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { BrokerError, ErrorReason } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ErrorInfo } from './generated/google/rpc/ErrorInfo.js';
import type { RetryInfo } from './generated/google/rpc/RetryInfo.js';
import type { Status } from './generated/google/rpc/Status.js';
import { ProtoCodec } from './proto-codec.js';
import { STATUS_CODES, type StatusCodeOverrides } from './status.js';

/** `ErrorInfo.domain` of every error of ours. */
export const ERROR_DOMAIN = 'waybill.v1';

/** `RetryInfo.retry_delay` where trying again can help and the error names no time of its own. */
const DEFAULT_RETRY_MS = 1000;
/** The message travels percent-encoded in a header, and clients accept only some KiB of headers. */
const MAX_MESSAGE_LENGTH = 1024;

/**
 * What became of the write, as in the details: `not_written`, `unknown` or `written`. For proxies, which look at headers
 * alone: after `not_written` a call can be sent again, whatever it was.
 */
const OUTCOME_HEADER = 'waybill-outcome';

const TYPE_URL = 'type.googleapis.com/';
const statusCodec = new ProtoCodec<Status, Status>('google.rpc.Status');
const errorInfoCodec = new ProtoCodec<ErrorInfo, ErrorInfo>('google.rpc.ErrorInfo');
const retryInfoCodec = new ProtoCodec<RetryInfo, RetryInfo>('google.rpc.RetryInfo');

/** What may leave the process of an error. */
interface PublicError {
  readonly code: status;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryMs: number | undefined;
}

/**
 * Turns errors into what callers see: a code, a text, and a `google.rpc.Status` with ErrorInfo and RetryInfo. Of an
 * INTERNAL error nothing is told but a random id, under which the logger gets all of it.
 */
export class StatusEncoder {
  /** The last one, because one error often stands for all messages of a frame. */
  #encoded: { readonly error: BrokerError; readonly bytes: Buffer } | undefined;

  constructor(private readonly logger: Pick<Logger, 'error'>) {}

  /** The status that ends a call. */
  status(error: BrokerError, overrides: StatusCodeOverrides = {}): StatusObject {
    const shown = this.#publicError(error, overrides);
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', encodeStatus(error.reason, shown));
    const outcome = shown.metadata['outcome'];
    if (outcome !== undefined) metadata.set(OUTCOME_HEADER, outcome);
    return { code: shown.code, details: shown.message, metadata };
  }

  /** A serialized `google.rpc.Status`, for failures of single items inside an answer. */
  encode(error: BrokerError): Buffer {
    if (this.#encoded?.error !== error) {
      this.#encoded = { error, bytes: encodeStatus(error.reason, this.#publicError(error, {})) };
    }
    return this.#encoded.bytes;
  }

  #publicError(error: BrokerError, overrides: StatusCodeOverrides): PublicError {
    const code = overrides[error.reason] ?? STATUS_CODES[error.reason];
    if (error.reason === 'INTERNAL') {
      const errorId = randomUUID();
      this.logger.error({ error_id: errorId, err: error.cause ?? error }, 'internal error');
      return { code, message: 'internal error', metadata: { error_id: errorId }, retryMs: undefined };
    }
    return {
      code,
      message: wellFormed(error.message.slice(0, MAX_MESSAGE_LENGTH)),
      metadata: shortened(error.fields),
      retryMs: error.retryAfterMs ?? (isRetryable(code) ? DEFAULT_RETRY_MS : undefined),
    };
  }
}

function isRetryable(code: status): boolean {
  return code === status.UNAVAILABLE || code === status.RESOURCE_EXHAUSTED;
}

/** A subject that was refused can be as long as a request; trailers that are too long break the connection. */
function shortened(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, wellFormed(value.slice(0, MAX_MESSAGE_LENGTH))]),
  );
}

/** Replaces half characters, which `encodeURI` of the header would throw at. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function encodeStatus(reason: ErrorReason, shown: PublicError): Buffer {
  const info = errorInfoCodec.encode({ reason, domain: ERROR_DOMAIN, metadata: { ...shown.metadata } });
  const details = [{ type_url: `${TYPE_URL}google.rpc.ErrorInfo`, value: info }];
  if (shown.retryMs !== undefined) {
    const retry = retryInfoCodec.encode({
      retryDelay: { seconds: Math.floor(shown.retryMs / 1000), nanos: Math.round((shown.retryMs % 1000) * 1e6) },
    });
    details.push({ type_url: `${TYPE_URL}google.rpc.RetryInfo`, value: retry });
  }
  return statusCodec.encode({ code: shown.code, message: shown.message, details });
}
