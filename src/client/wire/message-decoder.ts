import type { ReceivedMessage } from '../messages.js';
import type { WireReader } from './wire-reader.js';

/** Tags of `waybill.v1.Message`. */
const SUBJECT = 1 * 8 + 2;
const ID = 2 * 8;
const BODY = 3 * 8 + 2;
const HEADERS = 4 * 8 + 2;
const PUBLISH_TIME = 5 * 8 + 2;
const EXPIRE_TIME = 6 * 8 + 2;

const KEY = 1 * 8 + 2;
const VALUE = 2 * 8 + 2;
const SECONDS = 1 * 8;
const NANOS = 2 * 8;

const NO_BYTES = Buffer.alloc(0);
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** The length-delimited `waybill.v1.Message` at the reader's position. */
export function readMessage(reader: WireReader): ReceivedMessage {
  const end = reader.lengthEnd();
  let subject = '';
  let id = 0;
  let body: Buffer = NO_BYTES;
  let headers: Map<string, string> | undefined;
  let publishTimeUs = 0;
  let expireTimeUs = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    switch (tag) {
      case SUBJECT:
        subject = reader.repeatedString();
        break;
      case ID:
        id = reader.varint();
        break;
      case BODY:
        body = reader.bytes();
        break;
      case HEADERS:
        headers ??= new Map();
        readHeader(reader, headers);
        break;
      case PUBLISH_TIME:
        publishTimeUs = readTimestampUs(reader);
        break;
      case EXPIRE_TIME:
        expireTimeUs = readTimestampUs(reader);
        break;
      default:
        reader.skip(tag & 7);
    }
  }
  return { subject, id, body, headers: headers ?? NO_HEADERS, publishTimeUs, expireTimeUs };
}

function readHeader(reader: WireReader, headers: Map<string, string>): void {
  const end = reader.lengthEnd();
  let name = '';
  let value = '';
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === KEY) name = reader.string();
    else if (tag === VALUE) value = reader.string();
    else reader.skip(tag & 7);
  }
  headers.set(name, value);
}

/** The length-delimited `google.protobuf.Timestamp` at the reader's position, in microseconds. */
export function readTimestampUs(reader: WireReader): number {
  const end = reader.lengthEnd();
  let seconds = 0;
  let nanos = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === SECONDS) seconds = reader.varint();
    else if (tag === NANOS) nanos = reader.varint();
    else reader.skip(tag & 7);
  }
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}
