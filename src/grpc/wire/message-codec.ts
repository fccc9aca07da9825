import type { Header, Message } from '../../core/message.js';
import { NEVER_EXPIRES } from '../../core/message.js';
import { VARINT } from '../../protobuf/wire-type.js';
import { fieldSize, varintSize } from '../../protobuf/wire-size.js';
import { WireWriter } from '../../protobuf/wire-writer.js';

/** Field numbers of `waybill.v1.Message`. */
const SUBJECT = 1;
const ID = 2;
const BODY = 3;
const HEADERS = 4;
const PUBLISH_TIME = 5;
const EXPIRE_TIME = 6;

/** Encodes `waybill.v1.Message`. Fields at their default value are left out, as protobuf does. */
export function encodeMessage(message: Message): Buffer {
  const writer = new WireWriter(messageLength(message));
  const { subject, id, body, headers } = message;
  writer.text(SUBJECT, subject, Buffer.byteLength(subject));
  writer.tag(ID, VARINT);
  writer.varint(id);
  if (body.length > 0) {
    writer.delimited(BODY, body.length);
    writer.raw(body);
  }
  for (const header of headers) writeHeader(writer, header);
  writeTimestamp(writer, PUBLISH_TIME, message.publishTimeUs);
  if (message.expireTimeUs !== NEVER_EXPIRES) writeTimestamp(writer, EXPIRE_TIME, message.expireTimeUs);
  return writer.buffer;
}

function messageLength(message: Message): number {
  const { body, headers } = message;
  let length = fieldSize(Buffer.byteLength(message.subject)) + 1 + varintSize(message.id);
  if (body.length > 0) length += fieldSize(body.length);
  for (const header of headers) length += fieldSize(headerLength(header));
  length += fieldSize(timestampLength(message.publishTimeUs));
  if (message.expireTimeUs !== NEVER_EXPIRES) length += fieldSize(timestampLength(message.expireTimeUs));
  return length;
}

/** A map entry: key 1, value 2. */
function headerLength([name, value]: Header): number {
  return fieldSize(Buffer.byteLength(name)) + fieldSize(Buffer.byteLength(value));
}

function writeHeader(writer: WireWriter, header: Header): void {
  writer.delimited(HEADERS, headerLength(header));
  writer.text(1, header[0], Buffer.byteLength(header[0]));
  writer.text(2, header[1], Buffer.byteLength(header[1]));
}

/** `google.protobuf.Timestamp`: seconds 1, nanos 2. */
export function timestampLength(timeUs: number): number {
  const seconds = Math.floor(timeUs / 1_000_000);
  const nanos = (timeUs - seconds * 1_000_000) * 1000;
  return (seconds === 0 ? 0 : 1 + varintSize(seconds)) + (nanos === 0 ? 0 : 1 + varintSize(nanos));
}

export function writeTimestamp(writer: WireWriter, field: number, timeUs: number): void {
  const seconds = Math.floor(timeUs / 1_000_000);
  const nanos = (timeUs - seconds * 1_000_000) * 1000;
  writer.delimited(field, timestampLength(timeUs));
  if (seconds !== 0) {
    writer.tag(1, VARINT);
    writer.varint(seconds);
  }
  if (nanos !== 0) {
    writer.tag(2, VARINT);
    writer.varint(nanos);
  }
}
