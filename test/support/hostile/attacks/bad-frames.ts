import { randomBytes } from 'node:crypto';
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  PING,
  PREFACE,
  RST_STREAM,
  SETTINGS,
  settingsFrame,
} from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders } from '../hpack.js';

const PRIORITY = 2;
const PUSH_PROMISE = 5;
const GOAWAY = 7;
const CONTINUATION = 9;
const PADDED = 8;

const START = Buffer.concat([PREFACE, settingsFrame()]);
const CALL = callHeaders('/waybill.v1.BrokerService/Publish');
const callOn = (stream: number): Buffer => frame(HEADERS, END_HEADERS, stream, CALL);

/** What follows the preface; each of them breaks the connection. */
const AFTER_PREFACE: readonly Buffer[] = [
  frame(DATA, 0, 0, Buffer.from('x')),
  frame(DATA, 0, 1, Buffer.from('x')),
  frame(HEADERS, END_HEADERS, 0, CALL),
  frame(HEADERS, END_HEADERS, 2, CALL),
  Buffer.concat([callOn(5), callOn(3)]),
  frame(PRIORITY, 0, 0, Buffer.alloc(5)),
  frame(RST_STREAM, 0, 0, Buffer.alloc(4)),
  frame(RST_STREAM, 0, 1, Buffer.alloc(4)),
  frame(RST_STREAM, 0, 1, Buffer.alloc(5)),
  frame(SETTINGS, 0, 1, Buffer.alloc(0)),
  frame(SETTINGS, 0, 0, Buffer.alloc(5)),
  frame(SETTINGS, 1, 0, Buffer.alloc(6)),
  // SETTINGS_ENABLE_PUSH 2, a window of 2^32 − 1, frames of 1 byte
  frame(SETTINGS, 0, 0, Buffer.from([0, 2, 0, 0, 0, 2])),
  frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])),
  frame(SETTINGS, 0, 0, Buffer.from([0, 5, 0, 0, 0, 1])),
  Buffer.concat([callOn(1), frame(PUSH_PROMISE, END_HEADERS, 1, Buffer.alloc(4))]),
  frame(PING, 0, 0, Buffer.alloc(7)),
  frame(PING, 0, 1, Buffer.alloc(8)),
  frame(GOAWAY, 0, 1, Buffer.alloc(8)),
  frame(CONTINUATION, END_HEADERS, 1, CALL),
  Buffer.concat([frame(HEADERS, 0, 1, CALL), frame(PING, 0, 0, Buffer.alloc(8))]),
  frame(HEADERS, END_HEADERS | PADDED, 1, Buffer.from([255, 0])),
  Buffer.concat([callOn(1), frame(DATA, PADDED, 1, Buffer.from([200, 1, 2]))]),
  // A frame of 16 MiB is announced.
  Buffer.from([0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1]),
];

/** Sent in place of the preface. */
const NO_PREFACE: readonly Buffer[] = [
  Buffer.from('GET / HTTP/1.1\r\nHost: waybill\r\n\r\n'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'),
  Buffer.concat([PREFACE, frame(PING, 0, 0, Buffer.alloc(8))]),
  // The begin of a TLS handshake.
  Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Buffer.alloc(64, 7)]),
  Buffer.from('{"operation":"health"}\n'),
];

/** After these the stream is over, and the connection may go on. */
const STREAM_ERRORS: readonly Buffer[] = [
  Buffer.concat([frame(HEADERS, END_HEADERS | END_STREAM, 1, CALL), frame(DATA, 0, 1, Buffer.from('x'))]),
  Buffer.concat([callOn(1), callOn(1)]),
  // Depends on itself.
  frame(HEADERS, END_HEADERS | 0x20, 1, Buffer.concat([Buffer.from([0, 0, 0, 1, 0]), CALL])),
];

function attempt(index: number): Buffer {
  const all = AFTER_PREFACE.length + NO_PREFACE.length + STREAM_ERRORS.length + 1;
  const choice = index % all;
  if (choice < AFTER_PREFACE.length) return Buffer.concat([START, AFTER_PREFACE[choice]!]);
  const rest = choice - AFTER_PREFACE.length;
  if (rest < NO_PREFACE.length) return NO_PREFACE[rest]!;
  const error = STREAM_ERRORS[rest - NO_PREFACE.length];
  if (error !== undefined) return Buffer.concat([START, error]);
  return Buffer.concat([START, randomBytes(4096)]);
}

/** Breaks the rules of frames in every way there is; an attempt is a connection. */
export const badFrames: Attack = {
  name: 'bad-frames',
  description: 'frames of wrong lengths, on wrong streams, in a wrong order, with wrong values; no HTTP/2 at all',
  quick: 132,
  full: 3300,
  expected: /^GOAWAY |^closed$|^reset$|^answered$/,
  // It serves HTTP/1.1 too, and such a connection may stay.
  expectedOfProxy: /^GOAWAY |^closed$|^reset$|^answered$|^open$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(attempts, 100, async (index) => {
      const connection = await AttackerConnection.raw(target);
      await connection.send(attempt(index));
      counter.add(await connection.anyEnding(PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
