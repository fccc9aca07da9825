import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutgoingMessage } from '../client/index.js';

/** Messages per frame of a publish stream. */
const FRAME_MESSAGES = 256;
/** A frame is sent when it has so many bytes, well below what a server takes at once. */
const FRAME_BYTES = 256 * 1024;

/**
 * Groups messages into frames. A frame is given as soon as it is full or the next message is not there yet, so that
 * what comes slowly goes out at once.
 */
export async function* framesOf(
  messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>,
): AsyncGenerator<readonly OutgoingMessage[], void, void> {
  if (Symbol.asyncIterator in messages) yield* framesOfArriving(messages[Symbol.asyncIterator]());
  else yield* framesOfReady(messages);
}

function* framesOfReady(messages: Iterable<OutgoingMessage>): Generator<readonly OutgoingMessage[], void, void> {
  let frame: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    frame.push(message);
    bytes += message.body.length;
    if (frame.length >= FRAME_MESSAGES || bytes >= FRAME_BYTES) {
      yield frame;
      frame = [];
      bytes = 0;
    }
  }
  if (frame.length > 0) yield frame;
}

async function* framesOfArriving(
  messages: AsyncIterator<OutgoingMessage>,
): AsyncGenerator<readonly OutgoingMessage[], void, void> {
  let next = messages.next();
  for (let first = await next; first.done !== true; first = await next) {
    const frame = [first.value];
    let bytes = first.value.body.length;
    next = messages.next();
    while (frame.length < FRAME_MESSAGES && bytes < FRAME_BYTES) {
      const arrived = await Promise.race([next, nextTurn(undefined)]);
      if (arrived === undefined || arrived.done === true) break;
      frame.push(arrived.value);
      bytes += arrived.value.body.length;
      next = messages.next();
    }
    yield frame;
  }
}
