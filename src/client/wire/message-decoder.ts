import type { WireReader } from '../../protobuf/wire-reader.js';
import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import type { ReceivedMessage } from '../messages.js';

/** Tags of `waybill.v1.Message`. */
const SUBJECT = fieldTag(1, LENGTH_DELIMITED);
const ID = fieldTag(2, VARINT);
const BODY = fieldTag(3, LENGTH_DELIMITED);
const HEADERS = fieldTag(4, LENGTH_DELIMITED);
const PUBLISH_TIME = fieldTag(5, LENGTH_DELIMITED);
const EXPIRE_TIME = fieldTag(6, LENGTH_DELIMITED);

const KEY = fieldTag(1, LENGTH_DELIMITED);
const VALUE = fieldTag(2, LENGTH_DELIMITED);
const SECONDS = fieldTag(1, VARINT);
const NANOS = fieldTag(2, VARINT);

const NO_BYTES = Buffer.alloc(0);
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** The length-delimited `waybill.v1.Message` at the reader's position. */
export function readMessage(reader: WireReader): ReceivedMessage {
  const outer = reader.enter();
  let subject = '';
  let id = 0;
  let body: Buffer = NO_BYTES;
  let headers: Map<string, string> | undefined;
  let publishTimeUs = 0;
  let expireTimeUs = 0;
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case SUBJECT:
        subject = reader.repeatedString();
        break;
      case ID:
        id = reader.uint64();
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
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return { subject, id, body, headers: headers ?? NO_HEADERS, publishTimeUs, expireTimeUs };
}

function readHeader(reader: WireReader, headers: Map<string, string>): void {
  const outer = reader.enter();
  let name = '';
  let value = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === KEY) name = reader.string();
    else if (tag === VALUE) value = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outer);
  headers.set(name, value);
}

/** The length-delimited `google.protobuf.Timestamp` at the reader's position, in microseconds. */
export function readTimestampUs(reader: WireReader): number {
  const outer = reader.enter();
  let seconds = 0;
  let nanos = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === SECONDS) seconds = reader.int64();
    else if (tag === NANOS) nanos = reader.int32();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}
