import { isUtf8 } from 'node:buffer';
import {
  CREDENTIALS,
  INVALID_JSON,
  MISSING_FIELDS,
  type Operation,
  OPERATIONS,
  OPERATION_REASON,
  STATUS_REASON,
  UNAUTHORIZED,
} from './bus-requests.js';

/** What an answer may be. */
export interface Expected {
  readonly operation: Operation | 'decode_request';
  /** `true` for success, otherwise the reason; any of these. `undefined`: whatever the server says. */
  readonly outcomes: readonly (true | string)[] | undefined;
}

/** A line without anything gets no answer. */
export const NO_ANSWER = 'no answer';
/** The documents leave it open what is said to such a line. */
export const ANY_ANSWER = 'any answer';

/** Deeper JSON may be refused. */
const ALLOWED_NESTING = 5000;
const KEYS = ['operation', 'auth', 'body', 'client_id', 'client_secret', 'stream_name', 'event', 'event_id', 'status'];
const EXTRAS = ['limit', 'after', 'lease_seconds', 'lease_id', 'event_ttl_seconds'];

/**
 * What the documents say that this line must be answered with, found with JSON.parse and nothing of the server's.
 *
 * @param line without its line break
 * @param maxLineBytes the longest line that the server takes
 */
export function expectedAnswer(line: Buffer, maxLineBytes: number): Expected | typeof NO_ANSWER | typeof ANY_ANSWER {
  const bytes = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  if (bytes.length === 0) return NO_ANSWER;
  if (bytes.length > maxLineBytes) return { operation: 'decode_request', outcomes: undefined };
  const text = bytes.toString();
  if (isDeep(text)) return ANY_ANSWER;
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return refused('decode_request', INVALID_JSON);
  }
  // Where characters are broken it is JSON or not, as the server likes.
  if (!isUtf8(bytes) || hasUnclearKeys(text)) return ANY_ANSWER;
  return envelopeAnswer(request, text);
}

function envelopeAnswer(request: unknown, text: string): Expected {
  const notJson = refused('decode_request', INVALID_JSON);
  const envelope = request === null ? {} : request;
  if (!isObject(envelope)) return notJson;
  const { operation = null, auth } = envelope;
  const credentials = auth ?? {};
  if (!isTextOrNull(operation) || !isObject(credentials)) return notJson;
  const { client_id: id = null, client_secret: secret = null } = credentials;
  if (!isTextOrNull(id) || !isTextOrNull(secret)) return notJson;

  const known = OPERATIONS.find((name) => name === operation);
  if (known === undefined) return refused('decode_request', OPERATION_REASON);
  if (known === 'health' || known === 'exit') return { operation: known, outcomes: [true] };
  if (id !== CREDENTIALS.client_id || secret !== CREDENTIALS.client_secret) return refused(known, UNAUTHORIZED);
  if (!Object.hasOwn(envelope, 'body')) return refused(known, MISSING_FIELDS);
  return bodyAnswer(known, envelope['body'] ?? {}, text);
}

function bodyAnswer(operation: Exclude<Operation, 'health' | 'exit'>, body: unknown, text: string): Expected {
  if (!isObject(body)) return refused(operation, INVALID_JSON);
  if (EXTRAS.some((extra) => Object.hasOwn(body, extra))) return { operation, outcomes: undefined };
  if (operation === 'mark_event') return markAnswer(body, text);
  const { stream_name: name = null } = body;
  if (!isTextOrNull(name)) return refused(operation, INVALID_JSON);
  const notFound = `stream '${name ?? ''}' not found`;
  // Names that nobody can have may be told so.
  const mayBeRefused = /[\p{Cc}\p{Cs}]/u.test(name ?? '') || Buffer.byteLength(name ?? '') > 2000;
  if (mayBeRefused) return { operation, outcomes: undefined };
  switch (operation) {
    case 'create_stream':
      return {
        operation,
        outcomes: (name ?? '') === '' ? [MISSING_FIELDS] : [true, `stream: '${name}' already exists`],
      };
    case 'write_event':
      return {
        operation,
        outcomes: Object.hasOwn(body, 'event') ? [true, notFound] : [true, notFound, MISSING_FIELDS],
      };
    case 'delete_stream':
    case 'get_stream_info':
    case 'get_stream_events':
    case 'process_events':
    case 'retry_events':
      return { operation, outcomes: (name ?? '') === '' ? [notFound] : [true, notFound] };
  }
}

function markAnswer({ event_id: id = null, status = null }: Readonly<Record<string, unknown>>, text: string): Expected {
  const operation = 'mark_event';
  const invalid = refused(operation, INVALID_JSON);
  if (!isTextOrNull(id)) return invalid;
  const found: Expected = { operation, outcomes: [true, `event '${id ?? ''}' not found`] };
  if (status === null) return found;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 0 || status > 255) return invalid;
  // JSON.parse takes 1.0 for 1; how the number is written can only be seen in the text.
  const written = /"status"\s*:\s*(-?[\d.eE+-]+)/.exec(text)?.[1] ?? '';
  if (Object.is(status, -0)) return { operation, outcomes: undefined };
  if (!/^\d+$/.test(written)) return invalid;
  return status > 2 ? refused(operation, STATUS_REASON) : found;
}

function refused(operation: Expected['operation'], reason: string): Expected {
  return { operation, outcomes: [reason] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isDeep(text: string): boolean {
  return text.length > ALLOWED_NESTING && (text.match(/[[{]/g)?.length ?? 0) > ALLOWED_NESTING;
}

/**
 * True when a key occurs twice, is written with escapes, or only in other letters: then the documents allow more than one
 * answer, or the text of a number cannot be found by its key.
 */
function hasUnclearKeys(text: string): boolean {
  const seen = new Set<string>();
  for (const [, written = ''] of text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)) {
    const key = unescaped(written);
    const lower = key.toLowerCase();
    if (!KEYS.includes(lower) && !EXTRAS.includes(lower)) continue;
    if (seen.has(key) || key !== lower || key !== written) return true;
    seen.add(key);
  }
  return false;
}

function unescaped(written: string): string {
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return written;
  }
}
