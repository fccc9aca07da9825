import type { WireReader } from '../../protobuf/wire-reader.js';
import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import type { Published } from '../messages.js';
import { decodeStatus } from '../status-details.js';
import type { WaybillError } from '../waybill-error.js';
import { readTimestampUs } from './message-decoder.js';
import { responseReader } from './response-reader.js';

/** Tags of `waybill.v1.PublishResponse`. */
const ID = fieldTag(1, VARINT);
const PUBLISH_TIME = fieldTag(2, LENGTH_DELIMITED);
const DUPLICATE = fieldTag(3, VARINT);
const CURSOR = fieldTag(4, LENGTH_DELIMITED);

/** Tags of `PublishBatchResponse`, and of each of its results. */
const RESULTS = fieldTag(1, LENGTH_DELIMITED);
const RESULT_PUBLISHED = fieldTag(1, LENGTH_DELIMITED);
const RESULT_FAILURE = fieldTag(2, LENGTH_DELIMITED);

/** Tags of `PublishStreamResponse`, and of its frames. */
const OPENED = fieldTag(1, LENGTH_DELIMITED);
const ACK = fieldTag(2, LENGTH_DELIMITED);
const DRAINING = fieldTag(3, LENGTH_DELIMITED);
const OPENED_MESSAGES = fieldTag(1, VARINT);
const OPENED_BYTES = fieldTag(2, VARINT);
const ACK_SEQUENCE = fieldTag(1, VARINT);
/** Repeated integers come packed or one by one. */
const ACK_IDS = fieldTag(2, LENGTH_DELIMITED);
const ACK_ID = fieldTag(2, VARINT);
const ACK_FAILURES = fieldTag(3, LENGTH_DELIMITED);
const ACK_DUPLICATES = fieldTag(4, LENGTH_DELIMITED);
const ACK_DUPLICATE = fieldTag(4, VARINT);
const FAILURE_INDEX = fieldTag(1, VARINT);
const FAILURE_STATUS = fieldTag(2, LENGTH_DELIMITED);

const NO_BYTES = Buffer.alloc(0);

/** `waybill.v1.PublishResponse` */
export function decodePublishResponse(bytes: Buffer): Published {
  const reader = responseReader(bytes);
  let id = 0;
  let publishTimeUs = 0;
  let duplicate = false;
  let cursor = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ID) id = reader.uint64();
    else if (tag === PUBLISH_TIME) publishTimeUs = readTimestampUs(reader);
    else if (tag === DUPLICATE) duplicate = reader.bool();
    else if (tag === CURSOR) cursor = reader.string();
    else reader.skip(tag);
  }
  return { id, publishTimeUs, duplicate, cursor };
}

/** `waybill.v1.PublishBatchResponse`: each message's outcome. */
export function decodePublishBatchResponse(bytes: Buffer): readonly (Published | WaybillError)[] {
  const reader = responseReader(bytes);
  const results: (Published | WaybillError)[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === RESULTS) readResult(reader, results);
    else reader.skip(tag);
  }
  return results;
}

function readResult(reader: WireReader, into: (Published | WaybillError)[]): void {
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === RESULT_PUBLISHED) into.push(decodePublishResponse(reader.bytes()));
    else if (tag === RESULT_FAILURE) into.push(decodeStatus(reader.bytes()));
    else reader.skip(tag);
  }
  reader.leave(outer);
}

export interface AckedFrame {
  /** One id per message of the frame, 0 for those that failed. */
  readonly ids: readonly number[];
  readonly failures: readonly { readonly index: number; readonly error: WaybillError }[];
  /** Positions of the messages whose idempotency key had been used before with the same content. */
  readonly duplicates: readonly number[];
}

export type PublishStreamResponse =
  | { readonly kind: 'opened'; readonly creditMessages: number; readonly creditBytes: number }
  | { readonly kind: 'ack'; readonly sequence: number; readonly frame: AckedFrame }
  | { readonly kind: 'draining' };

/** `waybill.v1.PublishStreamResponse`; undefined for a frame that this client does not know. */
export function decodePublishStreamResponse(bytes: Buffer): PublishStreamResponse | undefined {
  const reader = responseReader(bytes);
  let response: PublishStreamResponse | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === OPENED) response = readOpened(reader);
    else if (tag === ACK) response = readAck(reader);
    else {
      reader.skip(tag);
      if (tag === DRAINING) response = { kind: 'draining' };
    }
  }
  return response;
}

function readOpened(reader: WireReader): PublishStreamResponse {
  const outer = reader.enter();
  let creditMessages = 0;
  let creditBytes = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === OPENED_MESSAGES) creditMessages = reader.uint64();
    else if (tag === OPENED_BYTES) creditBytes = reader.uint64();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { kind: 'opened', creditMessages, creditBytes };
}

function readAck(reader: WireReader): PublishStreamResponse {
  const outer = reader.enter();
  let sequence = 0;
  const ids: number[] = [];
  const failures: { index: number; error: WaybillError }[] = [];
  const duplicates: number[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case ACK_SEQUENCE:
        sequence = reader.uint64();
        break;
      case ACK_IDS:
        readIntegers(reader, ids);
        break;
      case ACK_ID:
        ids.push(reader.uint64());
        break;
      case ACK_FAILURES:
        failures.push(readFailure(reader));
        break;
      case ACK_DUPLICATES:
        readIntegers(reader, duplicates);
        break;
      case ACK_DUPLICATE:
        duplicates.push(reader.uint64());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return { kind: 'ack', sequence, frame: { ids, failures, duplicates } };
}

function readIntegers(reader: WireReader, into: number[]): void {
  const outer = reader.enter();
  while (!reader.done) into.push(reader.uint64());
  reader.leave(outer);
}

function readFailure(reader: WireReader): { index: number; error: WaybillError } {
  const outer = reader.enter();
  let index = 0;
  let status: Buffer = NO_BYTES;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === FAILURE_INDEX) index = reader.uint64();
    else if (tag === FAILURE_STATUS) status = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { index, error: decodeStatus(status) };
}
