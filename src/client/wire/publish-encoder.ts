import { fieldSize, varintSize } from '../../protobuf/wire-size.js';
import { VARINT } from '../../protobuf/wire-type.js';
import { WireWriter } from '../../protobuf/wire-writer.js';
import type { OutgoingMessage } from '../messages.js';

/** Field numbers of `waybill.v1.PublishRequest`. */
const SUBJECT = 1;
const BODY = 2;
const HEADERS = 3;
const TTL = 4;
const IDEMPOTENCY_KEY = 5;
const EXPECTED_LAST_ID = 6;
const FENCE = 7;
const FIRE_AND_FORGET = 8;

/** Field numbers of `PublishStreamRequest` and `PublishBatchRequest`. */
const FRAME_SEQUENCE = 1;
const FRAME_MESSAGES = 2;
const BATCH_MESSAGES = 1;

/** Name and value of a map entry, lock and token of a fence, seconds and nanoseconds of a duration. */
const FIRST = 1;
const SECOND = 2;

const NOTHING = Buffer.alloc(0);

/** `waybill.v1.PublishRequest` */
export function encodePublishRequest(message: OutgoingMessage): Buffer {
  const subject = Buffer.from(message.subject);
  const body = bytesOf(message.body);
  const rest = encodeRest(message);
  const writer = new WireWriter(fieldSize(subject.length) + fieldSize(body.length) + rest.length);
  writer.bytes(SUBJECT, subject);
  writer.bytes(BODY, body);
  writer.raw(rest);
  return writer.buffer;
}

/** `waybill.v1.PublishStreamRequest` */
export function encodePublishFrame(sequence: number, messages: readonly OutgoingMessage[]): Buffer {
  return encodeMany(messages, FRAME_MESSAGES, sequence);
}

/** `waybill.v1.PublishBatchRequest` */
export function encodePublishBatch(messages: readonly OutgoingMessage[]): Buffer {
  return encodeMany(messages, BATCH_MESSAGES, undefined);
}

/** Measures first and then writes every byte once, into one buffer. */
function encodeMany(messages: readonly OutgoingMessage[], field: number, sequence: number | undefined): Buffer {
  const count = messages.length;
  const subjects = new Array<Buffer>(count);
  const bodies = new Array<Uint8Array>(count);
  const rests = new Array<Buffer>(count);
  const sizes = new Array<number>(count);
  let lastSubject: string | undefined;
  let subject = NOTHING;
  let total = sequence === undefined ? 0 : 1 + varintSize(sequence);
  for (const [i, message] of messages.entries()) {
    if (message.subject !== lastSubject) {
      lastSubject = message.subject;
      subject = Buffer.from(lastSubject);
    }
    const body = bytesOf(message.body);
    const rest = encodeRest(message);
    const size = fieldSize(subject.length) + fieldSize(body.length) + rest.length;
    subjects[i] = subject;
    bodies[i] = body;
    rests[i] = rest;
    sizes[i] = size;
    total += fieldSize(size);
  }
  const writer = new WireWriter(total);
  if (sequence !== undefined) {
    writer.tag(FRAME_SEQUENCE, VARINT);
    writer.varint(sequence);
  }
  for (let i = 0; i < count; i++) {
    writer.delimited(field, sizes[i] ?? 0);
    writer.bytes(SUBJECT, subjects[i] ?? NOTHING);
    writer.bytes(BODY, bodies[i] ?? NOTHING);
    const rest = rests[i] ?? NOTHING;
    if (rest.length > 0) writer.raw(rest);
  }
  return writer.buffer;
}

function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Everything but subject and body, which most messages do not have. */
function encodeRest(message: OutgoingMessage): Buffer {
  const { headers, ttlMs, idempotencyKey, expectedLastId, fence, fireAndForget } = message;
  const parts: Buffer[] = [];
  if (headers !== undefined) {
    for (const [name, value] of headers) {
      parts.push(delimited(HEADERS, [delimited(FIRST, [Buffer.from(name)]), delimited(SECOND, [Buffer.from(value)])]));
    }
  }
  if (ttlMs !== undefined) parts.push(delimited(TTL, encodeDuration(ttlMs)));
  if (idempotencyKey !== undefined) parts.push(delimited(IDEMPOTENCY_KEY, [Buffer.from(idempotencyKey)]));
  if (expectedLastId !== undefined) parts.push(integer(EXPECTED_LAST_ID, expectedLastId));
  if (fence !== undefined) {
    parts.push(delimited(FENCE, [delimited(FIRST, [Buffer.from(fence.lock)]), integer(SECOND, fence.token)]));
  }
  if (fireAndForget === true) parts.push(integer(FIRE_AND_FORGET, 1));
  return parts.length === 0 ? NOTHING : Buffer.concat(parts);
}

function encodeDuration(ms: number): readonly Buffer[] {
  const seconds = Math.floor(ms / 1000);
  return [integer(FIRST, seconds), integer(SECOND, Math.round((ms - seconds * 1000) * 1e6))];
}

function delimited(field: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const writer = new WireWriter(fieldSize(length));
  writer.delimited(field, length);
  for (const part of parts) writer.raw(part);
  return writer.buffer;
}

function integer(field: number, value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number of 0 or more`);
  const writer = new WireWriter(1 + varintSize(value));
  writer.tag(field, VARINT);
  writer.varint(value);
  return writer.buffer;
}
