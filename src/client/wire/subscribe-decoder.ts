import type { WireReader } from '../../protobuf/wire-reader.js';
import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import type { ReceivedMessage } from '../messages.js';
import { readMessage, readTimestampUs } from './message-decoder.js';
import { responseReader } from './response-reader.js';

/** Field numbers of `waybill.v1.SubscribeResponse`; every field is length-delimited. */
const CURSOR = 1;
const CONFIRMED = 2;
const BATCH = 3;
const CAUGHT_UP = 4;
const FELL_BEHIND = 5;
const HEARTBEAT = 6;
const TRUNCATED = 7;
const DRAINING = 8;

/** Tags within the frames. */
const BATCH_MESSAGES = fieldTag(1, LENGTH_DELIMITED);
const CONFIRMED_EPOCH = fieldTag(2, LENGTH_DELIMITED);
const HEARTBEAT_TIME = fieldTag(1, LENGTH_DELIMITED);
const TRUNCATED_SUBJECT = fieldTag(1, LENGTH_DELIMITED);
const TRUNCATED_FIRST_ID = fieldTag(2, VARINT);

/** What a subscription says. `cursor` resumes after the frame: store it once the frame is processed. */
export type SubscriptionFrame =
  /** The subscription stands: what is published from now on is delivered. */
  | { readonly kind: 'confirmed'; readonly cursor: string; readonly epoch: string }
  /** Of one subject strictly increasing ids. */
  | { readonly kind: 'batch'; readonly cursor: string; readonly messages: readonly ReceivedMessage[] }
  /** Everything stored has been delivered; what follows is live. */
  | { readonly kind: 'caughtUp'; readonly cursor: string }
  /** Messages arrive faster than they are read and now come from the storage. */
  | { readonly kind: 'fellBehind'; readonly cursor: string }
  | { readonly kind: 'heartbeat'; readonly cursor: string; readonly serverTimeUs: number }
  /** Messages of `subject` before `firstAvailableId` are gone. */
  | {
      readonly kind: 'truncated';
      readonly cursor: string;
      readonly subject: string;
      readonly firstAvailableId: number;
    }
  /** The server ends the stream. */
  | { readonly kind: 'draining'; readonly cursor: string };

/** `waybill.v1.SubscribeResponse`; undefined for a frame that this client does not know. */
export function decodeSubscribeResponse(bytes: Buffer): SubscriptionFrame | undefined {
  const reader = responseReader(bytes);
  let cursor = '';
  let frame: SubscriptionFrame | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if ((tag & 7) !== LENGTH_DELIMITED) reader.skip(tag);
    else if (tag >>> 3 === CURSOR) cursor = reader.string();
    else frame = readFrame(reader, tag >>> 3) ?? frame;
  }
  return frame === undefined ? undefined : { ...frame, cursor };
}

/** One member of `oneof frame`; the cursor is filled in by the caller. */
function readFrame(reader: WireReader, field: number): SubscriptionFrame | undefined {
  const outer = reader.enter();
  const frame = readMember(reader, field);
  reader.leave(outer);
  return frame;
}

function readMember(reader: WireReader, field: number): SubscriptionFrame | undefined {
  switch (field) {
    case CONFIRMED:
      return { kind: 'confirmed', cursor: '', epoch: readConfirmed(reader) };
    case BATCH:
      return { kind: 'batch', cursor: '', messages: readBatch(reader) };
    case CAUGHT_UP:
      return { kind: 'caughtUp', cursor: '' };
    case FELL_BEHIND:
      return { kind: 'fellBehind', cursor: '' };
    case HEARTBEAT:
      return { kind: 'heartbeat', cursor: '', serverTimeUs: readHeartbeat(reader) };
    case TRUNCATED:
      return { kind: 'truncated', cursor: '', ...readTruncated(reader) };
    case DRAINING:
      return { kind: 'draining', cursor: '' };
    default:
      return undefined;
  }
}

function readBatch(reader: WireReader): readonly ReceivedMessage[] {
  const messages: ReceivedMessage[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === BATCH_MESSAGES) messages.push(readMessage(reader));
    else reader.skip(tag);
  }
  return messages;
}

function readConfirmed(reader: WireReader): string {
  let epoch = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === CONFIRMED_EPOCH) epoch = reader.string();
    else reader.skip(tag);
  }
  return epoch;
}

function readHeartbeat(reader: WireReader): number {
  let serverTimeUs = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === HEARTBEAT_TIME) serverTimeUs = readTimestampUs(reader);
    else reader.skip(tag);
  }
  return serverTimeUs;
}

function readTruncated(reader: WireReader): { subject: string; firstAvailableId: number } {
  let subject = '';
  let firstAvailableId = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === TRUNCATED_SUBJECT) subject = reader.string();
    else if (tag === TRUNCATED_FIRST_ID) firstAvailableId = reader.uint64();
    else reader.skip(tag);
  }
  return { subject, firstAvailableId };
}
