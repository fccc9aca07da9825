import type { ReceivedMessage } from '../messages.js';
import { readMessage, readTimestampUs } from './message-decoder.js';
import { WireReader } from './wire-reader.js';

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
  const reader = new WireReader(bytes);
  let cursor = '';
  let frame: SubscriptionFrame | undefined;
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if ((tag & 7) !== 2) {
      reader.skip(tag & 7);
      continue;
    }
    if (tag >>> 3 === 1) cursor = reader.string();
    else frame = readFrame(reader, tag >>> 3) ?? frame;
  }
  return frame === undefined ? undefined : { ...frame, cursor };
}

/** One member of `oneof frame`; the cursor is filled in by the caller. */
function readFrame(reader: WireReader, field: number): SubscriptionFrame | undefined {
  switch (field) {
    case 2:
      return { kind: 'confirmed', cursor: '', epoch: readConfirmed(reader) };
    case 3:
      return { kind: 'batch', cursor: '', messages: readBatch(reader) };
    case 6:
      return { kind: 'heartbeat', cursor: '', serverTimeUs: readHeartbeat(reader) };
    case 7:
      return { kind: 'truncated', cursor: '', ...readTruncated(reader) };
  }
  reader.position = reader.lengthEnd();
  if (field === 4) return { kind: 'caughtUp', cursor: '' };
  if (field === 5) return { kind: 'fellBehind', cursor: '' };
  if (field === 8) return { kind: 'draining', cursor: '' };
  return undefined;
}

function readBatch(reader: WireReader): readonly ReceivedMessage[] {
  const end = reader.lengthEnd();
  const messages: ReceivedMessage[] = [];
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) messages.push(readMessage(reader));
    else reader.skip(tag & 7);
  }
  return messages;
}

function readConfirmed(reader: WireReader): string {
  const end = reader.lengthEnd();
  let epoch = '';
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 2 * 8 + 2) epoch = reader.string();
    else reader.skip(tag & 7);
  }
  return epoch;
}

function readHeartbeat(reader: WireReader): number {
  const end = reader.lengthEnd();
  let serverTimeUs = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) serverTimeUs = readTimestampUs(reader);
    else reader.skip(tag & 7);
  }
  return serverTimeUs;
}

function readTruncated(reader: WireReader): { subject: string; firstAvailableId: number } {
  const end = reader.lengthEnd();
  let subject = '';
  let firstAvailableId = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) subject = reader.string();
    else if (tag === 2 * 8) firstAvailableId = reader.varint();
    else reader.skip(tag & 7);
  }
  return { subject, firstAvailableId };
}
