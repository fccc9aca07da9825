import type { PublishRequest } from '../../broker/requests.js';
import { BrokerError } from '../../core/errors.js';
import { NO_HEADERS, type Header } from '../../core/message.js';
import { isPattern } from '../../core/subject.js';
import type { Fence } from '../../storage/storage.js';
import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import type { WireReader } from '../../protobuf/wire-reader.js';
import { requestReader } from './request-reader.js';

/** Largest `google.protobuf.Duration` (seconds), 10,000 years; https://protobuf.dev/reference/protobuf/google.protobuf */
const MAX_DURATION_SECONDS = 315_576_000_000;

/** Fields of `waybill.v1.PublishRequest`. */
const SUBJECT = fieldTag(1, LENGTH_DELIMITED);
const BODY = fieldTag(2, LENGTH_DELIMITED);
const HEADERS = fieldTag(3, LENGTH_DELIMITED);
const TTL = fieldTag(4, LENGTH_DELIMITED);
const IDEMPOTENCY_KEY = fieldTag(5, LENGTH_DELIMITED);
const EXPECTED_LAST_ID = fieldTag(6, VARINT);
const FENCE = fieldTag(7, LENGTH_DELIMITED);
const FIRE_AND_FORGET = fieldTag(8, VARINT);

/** `PublishBatchRequest.messages`. */
const BATCH_MESSAGES = fieldTag(1, LENGTH_DELIMITED);

/** Fields of `PublishStreamRequest`. */
const STREAM_SEQUENCE = fieldTag(1, VARINT);
const STREAM_MESSAGES = fieldTag(2, LENGTH_DELIMITED);

const EMPTY_BODY = Buffer.alloc(0);

/** What a publish asks for, or why that one message is refused; malformed bytes refuse the whole request instead. */
export type DecodedPublish = PublishRequest | BrokerError;

export interface PublishFrame {
  readonly sequence: number;
  readonly messages: readonly DecodedPublish[];
}

/** @throws BrokerError REQUEST_MALFORMED and what is wrong with the message */
export function decodePublishRequest(bytes: Buffer): PublishRequest {
  const decoded = new PublishDecoder(bytes).message();
  if (decoded instanceof BrokerError) throw decoded;
  return decoded;
}

/** @throws BrokerError REQUEST_MALFORMED */
export function decodePublishBatch(bytes: Buffer): readonly DecodedPublish[] {
  const decoder = new PublishDecoder(bytes);
  const { reader } = decoder;
  const messages: DecodedPublish[] = [];
  while (!reader.done) {
    const field = reader.tag();
    if (field === BATCH_MESSAGES) messages.push(decoder.nested());
    else reader.skip(field);
  }
  return messages;
}

/** @throws BrokerError REQUEST_MALFORMED */
export function decodePublishFrame(bytes: Buffer): PublishFrame {
  const decoder = new PublishDecoder(bytes);
  const { reader } = decoder;
  const messages: DecodedPublish[] = [];
  let sequence = 0;
  while (!reader.done) {
    const field = reader.tag();
    if (field === STREAM_MESSAGES) messages.push(decoder.nested());
    else if (field === STREAM_SEQUENCE) sequence = reader.uint64();
    else reader.skip(field);
  }
  return { sequence, messages };
}

/** Decodes the messages of one request; remembers the last subject, which usually repeats. */
class PublishDecoder {
  readonly reader: WireReader;
  #subject: string | undefined;
  /** Outcome of the pattern check of `#subject`. */
  #subjectIsPattern = false;

  constructor(bytes: Buffer) {
    this.reader = requestReader(bytes);
  }

  nested(): DecodedPublish {
    const outer = this.reader.enter();
    const decoded = this.message();
    this.reader.leave(outer);
    return decoded;
  }

  message(): DecodedPublish {
    const { reader } = this;
    let subject = '';
    let body: Uint8Array = EMPTY_BODY;
    let headers: Map<string, string> | undefined;
    let ttlUs: number | undefined;
    let idempotencyKey: string | undefined;
    let expectedLastId: number | undefined;
    let fence: Fence | undefined;
    let fireAndForget = false;
    while (!reader.done) {
      const field = reader.tag();
      switch (field) {
        case SUBJECT:
          subject = this.#readSubject();
          break;
        case BODY:
          body = reader.bytes();
          break;
        case HEADERS:
          headers ??= new Map();
          readMapEntry(reader, headers);
          break;
        case TTL:
          ttlUs = readDuration(reader);
          break;
        case IDEMPOTENCY_KEY:
          idempotencyKey = reader.string();
          break;
        case EXPECTED_LAST_ID:
          expectedLastId = reader.uint64();
          break;
        case FENCE:
          fence = readFence(reader);
          break;
        case FIRE_AND_FORGET:
          fireAndForget = reader.bool();
          break;
        default:
          reader.skip(field);
      }
    }
    if (subject === this.#subject && this.#subjectIsPattern) {
      return new BrokerError(
        'SUBJECT_INVALID',
        `subject "${subject}" is a pattern: only subscriptions may use wildcards`,
      );
    }
    const request = {
      subject,
      body,
      headers: headers === undefined ? NO_HEADERS : ([...headers] as readonly Header[]),
    };
    // The usual message has none of the options: one small object.
    if (
      ttlUs === undefined &&
      idempotencyKey === undefined &&
      expectedLastId === undefined &&
      !fireAndForget &&
      !fence
    ) {
      return request;
    }
    return {
      ...request,
      ...(ttlUs === undefined || ttlUs === 0 ? {} : { ttlUs }),
      ...(idempotencyKey === undefined || idempotencyKey === '' ? {} : { idempotencyKey }),
      ...(expectedLastId === undefined ? {} : { expectedLastId }),
      ...(fence === undefined ? {} : { fence }),
      ...(fireAndForget ? { fireAndForget } : {}),
    };
  }

  #readSubject(): string {
    const subject = this.reader.repeatedString();
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#subjectIsPattern = isPattern(subject);
    }
    return subject;
  }
}

function readMapEntry(reader: WireReader, into: Map<string, string>): void {
  const outer = reader.enter();
  let name = '';
  let value = '';
  while (!reader.done) {
    const field = reader.tag();
    if (field === fieldTag(1, LENGTH_DELIMITED)) name = reader.string();
    else if (field === fieldTag(2, LENGTH_DELIMITED)) value = reader.string();
    else reader.skip(field);
  }
  reader.leave(outer);
  into.set(name, value);
}

function readFence(reader: WireReader): Fence {
  const outer = reader.enter();
  let lock = '';
  let token = 0;
  while (!reader.done) {
    const field = reader.tag();
    if (field === fieldTag(1, LENGTH_DELIMITED)) lock = reader.string();
    else if (field === fieldTag(2, VARINT)) token = reader.uint64();
    else reader.skip(field);
  }
  reader.leave(outer);
  return { lock, token };
}

/** Microseconds of a `google.protobuf.Duration`, rounded up to one; ±Infinity when it is out of its own range. */
function readDuration(reader: WireReader): number {
  const outer = reader.enter();
  let seconds = 0;
  let nanos = 0;
  while (!reader.done) {
    const field = reader.tag();
    if (field === fieldTag(1, VARINT)) seconds = reader.int64();
    else if (field === fieldTag(2, VARINT)) nanos = reader.int32();
    else reader.skip(field);
  }
  reader.leave(outer);
  // Also below a microsecond: rounded, it would become the 0 that stands for the default.
  if (seconds < 0 || nanos < 0) return Number.NEGATIVE_INFINITY;
  if (seconds > MAX_DURATION_SECONDS || nanos > 999_999_999) return Number.POSITIVE_INFINITY;
  return seconds * 1_000_000 + Math.ceil(nanos / 1000);
}
