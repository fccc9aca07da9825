import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import { requestReader } from './request-reader.js';
import { varintSize } from '../../protobuf/wire-size.js';
import { WireWriter } from '../../protobuf/wire-writer.js';

/** Fields of the requests of `broker.Broker`. */
const SUBJECT = fieldTag(1, LENGTH_DELIMITED);
const BODY = fieldTag(2, LENGTH_DELIMITED);
const EXPIRATION_SECONDS = fieldTag(3, VARINT);
const FETCH_ID = fieldTag(2, VARINT);

const EMPTY_BODY = Buffer.alloc(0);

export interface CompatPublish {
  readonly subject: string;
  /** A view of the request. */
  readonly body: Uint8Array;
  readonly expirationSeconds: number;
}

/** @throws BrokerError REQUEST_MALFORMED */
export function decodeCompatPublish(bytes: Buffer): CompatPublish {
  const reader = requestReader(bytes);
  let subject = '';
  let body: Uint8Array = EMPTY_BODY;
  let expirationSeconds = 0;
  while (!reader.done) {
    const field = reader.tag();
    if (field === SUBJECT) subject = reader.string();
    else if (field === BODY) body = reader.bytes();
    else if (field === EXPIRATION_SECONDS) expirationSeconds = reader.int32();
    else reader.skip(field);
  }
  return { subject, body, expirationSeconds };
}

export interface CompatFetch {
  readonly subject: string;
  /** Clients with a wider integer send more than int32; ±Infinity beyond 2^53. */
  readonly id: number;
}

/** @throws BrokerError REQUEST_MALFORMED */
export function decodeCompatFetch(bytes: Buffer): CompatFetch {
  const reader = requestReader(bytes);
  let subject = '';
  let id = 0;
  while (!reader.done) {
    const field = reader.tag();
    if (field === SUBJECT) subject = reader.string();
    else if (field === FETCH_ID) id = reader.int64();
    else reader.skip(field);
  }
  return { subject, id };
}

/** The subject of a SubscribeRequest. @throws BrokerError REQUEST_MALFORMED */
export function decodeCompatSubscribe(bytes: Buffer): string {
  const reader = requestReader(bytes);
  let subject = '';
  while (!reader.done) {
    const field = reader.tag();
    if (field === SUBJECT) subject = reader.string();
    else reader.skip(field);
  }
  return subject;
}

/** `broker.PublishResponse`: the id is field 1. */
export function encodeCompatId(id: number): Buffer {
  const writer = new WireWriter(1 + varintSize(id));
  writer.tag(1, VARINT);
  writer.varint(id);
  return writer.buffer;
}
