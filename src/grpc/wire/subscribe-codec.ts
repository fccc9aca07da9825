import type { SubscriptionEvent } from '../../broker/subscriber.js';
import { timestampLength, writeTimestamp } from './message-codec.js';
import { VARINT } from '../../protobuf/wire-type.js';
import { fieldSize, varintSize } from '../../protobuf/wire-size.js';
import { WireWriter } from '../../protobuf/wire-writer.js';

/** Field numbers of `waybill.v1.SubscribeResponse`. */
const CURSOR = 1;
const FRAME = { confirmed: 2, batch: 3, caughtUp: 4, fellBehind: 5, heartbeat: 6, truncated: 7, draining: 8 } as const;

/** A batch of messages that are encoded already; `messageBytes` is their length together, framing included. */
export function encodeBatchFrame(cursor: string, messages: readonly Buffer[], messageBytes: number): Buffer {
  const writer = new WireWriter(fieldSize(cursor.length) + fieldSize(messageBytes));
  writer.text(CURSOR, cursor, cursor.length);
  writer.delimited(FRAME.batch, messageBytes);
  for (const message of messages) {
    writer.delimited(1, message.length);
    writer.raw(message);
  }
  return writer.buffer;
}

/** What a message adds to `messageBytes`. */
export function batchedSize(message: Buffer): number {
  return fieldSize(message.length);
}

export function encodeHeartbeatFrame(cursor: string, nowUs: number): Buffer {
  const length = fieldSize(timestampLength(nowUs));
  const writer = frame(cursor, FRAME.heartbeat, length);
  writeTimestamp(writer, 1, nowUs);
  return writer.buffer;
}

export function encodeEventFrame(cursor: string, event: SubscriptionEvent, heartbeatMs: number): Buffer {
  switch (event.kind) {
    case 'confirmed': {
      const epochLength = Buffer.byteLength(event.epoch);
      // A Duration has the layout of a Timestamp.
      const writer = frame(
        cursor,
        FRAME.confirmed,
        fieldSize(timestampLength(heartbeatMs * 1000)) + fieldSize(epochLength),
      );
      writeTimestamp(writer, 1, heartbeatMs * 1000);
      writer.text(2, event.epoch, epochLength);
      return writer.buffer;
    }
    case 'truncated': {
      const subjectLength = Buffer.byteLength(event.subject);
      const length = fieldSize(subjectLength) + 1 + varintSize(event.firstAvailableId);
      const writer = frame(cursor, FRAME.truncated, length);
      writer.text(1, event.subject, subjectLength);
      writer.tag(2, VARINT);
      writer.varint(event.firstAvailableId);
      return writer.buffer;
    }
    case 'caughtUp':
    case 'fellBehind':
    case 'draining':
      return frame(cursor, FRAME[event.kind], 0).buffer;
  }
}

function frame(cursor: string, field: number, length: number): WireWriter {
  const writer = new WireWriter(fieldSize(cursor.length) + fieldSize(length));
  writer.text(CURSOR, cursor, cursor.length);
  writer.delimited(field, length);
  return writer;
}
