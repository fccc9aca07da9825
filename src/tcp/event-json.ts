import type { Stream, StreamEvent } from '../streams/streams.js';
import { timestampText } from './timestamp.js';

const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;

/** A stream as clients see it. */
export function streamJson({ id, name, createdTimeUs }: Stream): string {
  return JSON.stringify({ id, name, created_at: timestampText(createdTimeUs) });
}

/**
 * Events as the elements of a JSON array, their bodies byte for byte.
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
    bytes.set(events[index]!.body, at);
    at += events[index]!.body.length;
    bytes[at++] = CLOSE_BRACE;
  }
  return bytes.subarray(0, at);
}

/** All of it is ASCII. */
function eventHead(streamId: string, { id, status, createdTimeUs }: StreamEvent): string {
  const created = timestampText(createdTimeUs);
  return `{"id":"${id}","stream_id":"${streamId}","status":${status},"created_at":"${created}","body":`;
}
