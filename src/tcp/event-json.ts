import type { Stream, StreamEvent } from '../streams/streams.js';
import { timestampText } from './timestamp.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;

/** A stream as clients see it. */
export function streamJson({ id, name, createdTimeUs }: Stream): string {
  return JSON.stringify({ id, name, created_at: timestampText(createdTimeUs) });
}

/**
 * Events as the elements of a JSON array, their bodies byte for byte, but for line breaks between tokens.
 *
 * @param isFirst whether the array is empty before them, so that no comma is needed
 */
export function eventElements(streamId: string, events: readonly StreamEvent[], isFirst: boolean): Buffer {
  const heads = events.map((event) => eventHead(streamId, event));
  let size = 0;
  for (let index = 0; index < events.length; index++) size += heads[index]!.length + events[index]!.body.length + 2;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (let index = 0; index < events.length; index++) {
    if (index > 0 || !isFirst) bytes[at++] = COMMA;
    at += bytes.write(heads[index]!, at, 'latin1');
    at = putOnOneLine(bytes, at, events[index]!.body);
    bytes[at++] = CLOSE_BRACE;
  }
  return bytes.subarray(0, at);
}

/**
 * Copies a body and answers where it ends. An event that was written over gRPC may have line breaks between its tokens (in
 * strings JSON allows none), and a line break would end the answer.
 */
function putOnOneLine(bytes: Buffer, at: number, body: Uint8Array): number {
  bytes.set(body, at);
  for (let index = body.indexOf(NEWLINE); index >= 0; index = body.indexOf(NEWLINE, index + 1)) {
    bytes[at + index] = SPACE;
  }
  return at + body.length;
}

/** All of it is ASCII. */
function eventHead(streamId: string, { id, status, createdTimeUs }: StreamEvent): string {
  const created = timestampText(createdTimeUs);
  return `{"id":"${id}","stream_id":"${streamId}","status":${status},"created_at":"${created}","body":`;
}
