import { isUtf8 } from 'node:buffer';
import { MemberNames, readObject, type Members } from './json/json-members.js';
import { isNull, textOf, type JsonSpan } from './json/json-span.js';
import { jsonValueEnd, skipSpace } from '../core/json-value-end.js';
import type { TraceCarrier } from '../core/tracing.js';
import { findOperation, type Operation } from './operations.js';
import { invalidJson, unknownOperation } from './refusals.js';

/** A request whose envelope is in order. What its body holds is looked at once the client is known. */
export interface Request {
  readonly operation: Operation;
  /** Empty where the request has none, as the secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly line: Buffer;
  /** In `line`; undefined when the request has none. */
  readonly body: JsonSpan | undefined;
  /** From the members `traceparent` and `tracestate` of the envelope, which the original server passes over. */
  readonly carrier: TraceCarrier | undefined;
}

const ENVELOPE = new MemberNames('operation', 'auth', 'body', 'traceparent', 'tracestate');
const CREDENTIALS = new MemberNames('client_id', 'client_secret');

/**
 * Reads one line.
 *
 * @throws BrokerError REQUEST_MALFORMED when it is no JSON object or a value of the envelope has the wrong type;
 *   METHOD_UNKNOWN
 */
export function readRequest(line: Buffer): Request {
  const { operation, auth, body, traceparent, tracestate } = readEnvelope(line);
  const name = optionalText(line, operation);
  const credentials = readCredentials(line, auth);
  const clientId = optionalText(line, credentials.client_id) ?? '';
  const clientSecret = optionalText(line, credentials.client_secret) ?? '';
  const found = name === undefined ? undefined : findOperation(name);
  if (found === undefined) throw unknownOperation();
  return { operation: found, clientId, clientSecret, line, body, carrier: readCarrier(line, traceparent, tracestate) };
}

/** Of a value that may be absent or null. */
export function optionalText(line: Buffer, span: JsonSpan | undefined): string | undefined {
  if (span === undefined || isNull(line, span)) return undefined;
  const text = textOf(line, span);
  if (text === undefined) throw invalidJson();
  return text;
}

/** What is no text is passed over, like any member that nobody knows. */
function readCarrier(
  line: Buffer,
  parent: JsonSpan | undefined,
  state: JsonSpan | undefined,
): TraceCarrier | undefined {
  if (parent === undefined) return undefined;
  const traceparent = textOf(line, parent);
  if (traceparent === undefined) return undefined;
  const tracestate = state === undefined ? undefined : textOf(line, state);
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

function readEnvelope(line: Buffer): Members<'operation' | 'auth' | 'body' | 'traceparent' | 'tracestate'> {
  const start = skipSpace(line, 0);
  const object = readObject(line, start, ENVELOPE);
  if (object !== undefined && skipSpace(line, object.end) === line.length && isUtf8(line)) return object.members;
  // To a reader of typed values null is an object without members.
  const end = isNull(line, { start, end: line.length }) ? jsonValueEnd(line, start) : -1;
  if (end >= 0 && skipSpace(line, end) === line.length) return {};
  throw invalidJson();
}

function readCredentials(line: Buffer, auth: JsonSpan | undefined): Members<'client_id' | 'client_secret'> {
  if (auth === undefined || isNull(line, auth)) return {};
  const object = readObject(line, auth.start, CREDENTIALS);
  if (object === undefined) throw invalidJson();
  return object.members;
}
