import { createHash } from 'node:crypto';
import { BrokerError } from '../core/errors.js';
import { messageSize, type Header } from '../core/message.js';
import { validateSubject } from '../core/subject.js';
import type { PublishSpan } from '../core/tracing.js';
import type { AppendItem, Fence } from '../storage/storage.js';
import { MAX_IDEMPOTENCY_KEY_BYTES, type BrokerLimits } from './limits.js';
import type { PublishRequest } from './requests.js';

/** Longest lock name of a fence, bytes. */
const MAX_LOCK_NAME_BYTES = 256;

/**
 * Checks a publish against the limits and turns it into what the log takes.
 *
 * @throws BrokerError SUBJECT_INVALID, MESSAGE_TOO_LARGE, HEADERS_INVALID, TTL_OUT_OF_RANGE, IDEMPOTENCY_KEY_INVALID,
 * ARGUMENT_INVALID
 */
export function toAppendItem(request: PublishRequest, limits: BrokerLimits, span?: PublishSpan): AppendItem {
  validateSubject(request.subject);
  if (request.headers.length > 0) validateHeaders(request.headers, limits);
  const size = messageSize(request);
  if (size > limits.maxMessageBytes) {
    throw new BrokerError('MESSAGE_TOO_LARGE', `message is ${size} bytes, more than ${limits.maxMessageBytes}`, {
      fields: { limit: String(limits.maxMessageBytes), actual: String(size) },
    });
  }
  const item: AppendItem = {
    subject: request.subject,
    body: request.body,
    headers: span === undefined ? request.headers : span.carry(request.headers),
    ttlUs: resolveTtl(request.ttlUs, limits),
  };
  if (
    request.fireAndForget === undefined &&
    request.idempotencyKey === undefined &&
    request.expectedLastId === undefined &&
    request.fence === undefined
  ) {
    return item;
  }
  return {
    ...item,
    ...(request.fireAndForget === true ? { transient: true } : {}),
    ...(request.expectedLastId === undefined ? {} : { expectedLastId: request.expectedLastId }),
    ...(request.fence === undefined ? {} : { fence: validateFence(request.fence) }),
    ...(request.idempotencyKey === undefined
      ? {}
      : {
          idempotency: {
            key: validateIdempotencyKey(request.idempotencyKey),
            digest: contentDigest(request),
            windowUs: limits.idempotencyWindowUs,
          },
        }),
  };
}

function resolveTtl(ttlUs: number | undefined, limits: BrokerLimits): number {
  if (ttlUs === undefined) return limits.defaultTtlUs;
  if (ttlUs < 1 || ttlUs > limits.maxTtlUs) {
    throw new BrokerError('TTL_OUT_OF_RANGE', 'the time to live must be positive and at most the maximum', {
      fields: { maximum_seconds: String(limits.maxTtlUs / 1_000_000) },
    });
  }
  return ttlUs;
}

function validateHeaders(headers: readonly Header[], limits: BrokerLimits): void {
  if (headers.length > limits.maxHeaders) {
    throw new BrokerError('HEADERS_INVALID', `more than ${limits.maxHeaders} headers`, {
      fields: { limit: String(limits.maxHeaders), actual: String(headers.length) },
    });
  }
  let bytes = 0;
  for (const [name, value] of headers) {
    if (name.length === 0) throw new BrokerError('HEADERS_INVALID', 'a header has no name');
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > limits.maxHeaderBytes) {
    throw new BrokerError('HEADERS_INVALID', `headers are ${bytes} bytes, more than ${limits.maxHeaderBytes}`, {
      fields: { limit: String(limits.maxHeaderBytes), actual: String(bytes) },
    });
  }
}

function validateIdempotencyKey(key: string): string {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > MAX_IDEMPOTENCY_KEY_BYTES) {
    throw new BrokerError(
      'IDEMPOTENCY_KEY_INVALID',
      `idempotency key must be 1 to ${MAX_IDEMPOTENCY_KEY_BYTES} bytes`,
      {
        fields: { limit: String(MAX_IDEMPOTENCY_KEY_BYTES), actual: String(bytes) },
      },
    );
  }
  return key;
}

function validateFence(fence: Fence): Fence {
  const bytes = Buffer.byteLength(fence.lock);
  if (bytes === 0 || bytes > MAX_LOCK_NAME_BYTES) {
    throw new BrokerError('ARGUMENT_INVALID', `fence.lock must be 1 to ${MAX_LOCK_NAME_BYTES} bytes`);
  }
  if (!Number.isSafeInteger(fence.token) || fence.token < 1) {
    throw new BrokerError('ARGUMENT_INVALID', 'fence.token must be a positive number below 2^53');
  }
  return fence;
}

/** 16 bytes that differ when the content does: headers in any order, lengths included so that fields cannot run together. */
function contentDigest(request: PublishRequest): Uint8Array {
  const hash = createHash('sha256');
  const headers = request.headers.toSorted(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify([headers, request.fireAndForget === true]));
  hash.update(request.body);
  return hash.digest().subarray(0, 16);
}
