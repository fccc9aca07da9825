import { END_HEADERS, END_STREAM, frame, HEADERS } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders, indexed, literal, remembered } from '../hpack.js';

const CONTINUATION = 9;
const MAX_FRAME = 16_384;
const CALL = callHeaders('/waybill.v1.BrokerService/Publish');

/** The newest entry of the dynamic table. */
const NEWEST = 62;

const BLOCKS: readonly Buffer[] = [
  // 4 KiB that are remembered, and then named 12,000 times with a byte each: 48 MiB of headers.
  Buffer.concat([CALL, remembered('x-bomb', 'b'.repeat(4000)), Buffer.alloc(12_000, indexed(NEWEST))]),
  // More headers than anybody has.
  Buffer.concat([CALL, ...Array.from({ length: 5000 }, (_, index) => literal(`x-${index}`, ''))]),
  // One that is as long as what all of them may be together, and one that is far longer.
  Buffer.concat([CALL, literal('x-long', 'l'.repeat(66_000))]),
  Buffer.concat([CALL, literal('x-longer', 'l'.repeat(100_000))]),
  // Binary metadata that is no base64, and a name of 60 KB.
  Buffer.concat([CALL, literal('x-junk-bin', '\u00ff'.repeat(10_000)), literal('n'.repeat(60_000), '')]),
  // What can be no block at all: an index that nothing has, and an integer without end.
  Buffer.concat([CALL, indexed(4_000_000)]),
  Buffer.concat([CALL, Buffer.alloc(100, 0xff)]),
  Buffer.concat([CALL, Buffer.from([0x3f, 0xff, 0xff, 0xff, 0x7f])]),
];

/** A header block in as many frames as it takes. */
function headerFrames(stream: number, block: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += MAX_FRAME) {
    const last = at + MAX_FRAME >= block.length;
    const flags = (last ? END_HEADERS : 0) | (at === 0 ? END_STREAM : 0);
    frames.push(frame(at === 0 ? HEADERS : CONTINUATION, flags, stream, block.subarray(at, at + MAX_FRAME)));
  }
  return Buffer.concat(frames);
}

/** Sends headers that are small on the wire and large in memory, or simply too many; an attempt is a call. */
export const headerBomb: Attack = {
  name: 'header-bomb',
  description: 'compressed headers that become many MiB, thousands of headers, endless integers (CVE-2019-9516)',
  quick: 80,
  full: 4000,
  expected: /^GOAWAY |^closed$|^reset$|^answered$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(attempts, 8, async (index) => {
      const connection = await AttackerConnection.open(target);
      await connection.send(headerFrames(1, BLOCKS[index % BLOCKS.length]!));
      counter.add(await connection.streamEnding(1, PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
