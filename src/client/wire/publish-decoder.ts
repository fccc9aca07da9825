import type { Published } from '../messages.js';
import { decodeStatus } from '../status-details.js';
import type { WaybillError } from '../waybill-error.js';
import { readTimestampUs } from './message-decoder.js';
import { LENGTH_DELIMITED, WireReader } from './wire-reader.js';

/** `waybill.v1.PublishResponse` */
export function decodePublishResponse(bytes: Buffer): Published {
  const reader = new WireReader(bytes);
  let id = 0;
  let publishTimeUs = 0;
  let duplicate = false;
  let cursor = '';
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if (tag === 1 * 8) id = reader.varint();
    else if (tag === 2 * 8 + 2) publishTimeUs = readTimestampUs(reader);
    else if (tag === 3 * 8) duplicate = reader.varint() !== 0;
    else if (tag === 4 * 8 + 2) cursor = reader.string();
    else reader.skip(tag & 7);
  }
  return { id, publishTimeUs, duplicate, cursor };
}

/** `waybill.v1.PublishBatchResponse`: each message's outcome. */
export function decodePublishBatchResponse(bytes: Buffer): readonly (Published | WaybillError)[] {
  const reader = new WireReader(bytes);
  const results: (Published | WaybillError)[] = [];
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if (tag !== 1 * 8 + 2) {
      reader.skip(tag & 7);
      continue;
    }
    const end = reader.lengthEnd();
    while (reader.position < end) {
      const inner = reader.varint();
      if (inner === 1 * 8 + 2) results.push(decodePublishResponse(reader.bytes()));
      else if (inner === 2 * 8 + 2) results.push(decodeStatus(reader.bytes()));
      else reader.skip(inner & 7);
    }
  }
  return results;
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
  const reader = new WireReader(bytes);
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) return readOpened(reader);
    if (tag === 2 * 8 + 2) return readAck(reader);
    if (tag === 3 * 8 + 2) return { kind: 'draining' };
    reader.skip(tag & 7);
  }
  return undefined;
}

function readOpened(reader: WireReader): PublishStreamResponse {
  const end = reader.lengthEnd();
  let creditMessages = 0;
  let creditBytes = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 1 * 8) creditMessages = reader.varint();
    else if (tag === 2 * 8) creditBytes = reader.varint();
    else reader.skip(tag & 7);
  }
  return { kind: 'opened', creditMessages, creditBytes };
}

function readAck(reader: WireReader): PublishStreamResponse {
  const end = reader.lengthEnd();
  let sequence = 0;
  const ids: number[] = [];
  const failures: { index: number; error: WaybillError }[] = [];
  const duplicates: number[] = [];
  while (reader.position < end) {
    const tag = reader.varint();
    switch (tag >>> 3) {
      case 1:
        sequence = reader.varint();
        break;
      case 2:
        readIntegers(reader, tag & 7, ids);
        break;
      case 3:
        failures.push(readFailure(reader));
        break;
      case 4:
        readIntegers(reader, tag & 7, duplicates);
        break;
      default:
        reader.skip(tag & 7);
    }
  }
  return { kind: 'ack', sequence, frame: { ids, failures, duplicates } };
}

/** A repeated integer, packed or not. */
function readIntegers(reader: WireReader, wireType: number, into: number[]): void {
  if (wireType !== LENGTH_DELIMITED) {
    into.push(reader.varint());
    return;
  }
  const end = reader.lengthEnd();
  while (reader.position < end) into.push(reader.varint());
}

function readFailure(reader: WireReader): { index: number; error: WaybillError } {
  const end = reader.lengthEnd();
  let index = 0;
  let status: Buffer = Buffer.alloc(0);
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 1 * 8) index = reader.varint();
    else if (tag === 2 * 8 + 2) status = reader.bytes();
    else reader.skip(tag & 7);
  }
  return { index, error: decodeStatus(status) };
}
