import type { OutgoingMessage } from '../messages.js';
import { fieldSize, varintSize, WireWriter } from './wire-writer.js';

/** Tags: field number * 8 + wire type. Field numbers as in `waybill/v1/broker_service.proto`. */
const SUBJECT = 1 * 8 + 2;
const BODY = 2 * 8 + 2;
const HEADERS = 3 * 8 + 2;
const TTL = 4 * 8 + 2;
const IDEMPOTENCY_KEY = 5 * 8 + 2;
const EXPECTED_LAST_ID = 6 * 8;
const FENCE = 7 * 8 + 2;
const FIRE_AND_FORGET = 8 * 8;

const FRAME_SEQUENCE = 1 * 8;
const FRAME_MESSAGES = 2 * 8 + 2;
const BATCH_MESSAGES = 1 * 8 + 2;

/** Name and value of a map entry, lock and token of a fence, seconds and nanoseconds of a duration. */
const FIRST_BYTES = 1 * 8 + 2;
const SECOND_BYTES = 2 * 8 + 2;
const FIRST_VARINT = 1 * 8;
const SECOND_VARINT = 2 * 8;

const NOTHING = Buffer.alloc(0);

/** `waybill.v1.PublishRequest` */
export function encodePublishRequest(message: OutgoingMessage): Buffer {
  const subject = Buffer.from(message.subject);
  const body = bytesOf(message.body);
  const rest = encodeRest(message);
  const writer = new WireWriter(Buffer.allocUnsafe(fieldSize(subject.length) + fieldSize(body.length) + rest.length));
  writer.field(SUBJECT, subject);
  writer.field(BODY, body);
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
function encodeMany(messages: readonly OutgoingMessage[], tag: number, sequence: number | undefined): Buffer {
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
  const writer = new WireWriter(Buffer.allocUnsafe(total));
  if (sequence !== undefined) {
    writer.varint(FRAME_SEQUENCE);
    writer.varint(sequence);
  }
  for (let i = 0; i < count; i++) {
    writer.varint(tag);
    writer.varint(sizes[i] ?? 0);
    writer.field(SUBJECT, subjects[i] ?? NOTHING);
    writer.field(BODY, bodies[i] ?? NOTHING);
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
      parts.push(
        delimited(HEADERS, [
          delimited(FIRST_BYTES, [Buffer.from(name)]),
          delimited(SECOND_BYTES, [Buffer.from(value)]),
        ]),
      );
    }
  }
  if (ttlMs !== undefined) parts.push(delimited(TTL, encodeDuration(ttlMs)));
  if (idempotencyKey !== undefined) parts.push(delimited(IDEMPOTENCY_KEY, [Buffer.from(idempotencyKey)]));
  if (expectedLastId !== undefined) parts.push(integer(EXPECTED_LAST_ID, expectedLastId));
  if (fence !== undefined) {
    parts.push(
      delimited(FENCE, [delimited(FIRST_BYTES, [Buffer.from(fence.lock)]), integer(SECOND_VARINT, fence.token)]),
    );
  }
  if (fireAndForget === true) parts.push(integer(FIRE_AND_FORGET, 1));
  return parts.length === 0 ? NOTHING : Buffer.concat(parts);
}

function encodeDuration(ms: number): readonly Buffer[] {
  const seconds = Math.floor(ms / 1000);
  return [integer(FIRST_VARINT, seconds), integer(SECOND_VARINT, Math.round((ms - seconds * 1000) * 1e6))];
}

function delimited(tag: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const writer = new WireWriter(Buffer.allocUnsafe(fieldSize(length)));
  writer.varint(tag);
  writer.varint(length);
  for (const part of parts) writer.raw(part);
  return writer.buffer;
}

function integer(tag: number, value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number of 0 or more`);
  const writer = new WireWriter(Buffer.allocUnsafe(1 + varintSize(value)));
  writer.varint(tag);
  writer.varint(value);
  return writer.buffer;
}
