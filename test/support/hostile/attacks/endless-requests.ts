import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClientHttp2Stream } from 'node:http2';
import { RawGrpc } from '../../raw-grpc.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';

const STREAMS_PER_CONNECTION = 250;
const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024);

async function streams(
  { address, localAddress }: Parameters<Attack['run']>[0],
  attempts: number,
  attack: (stream: ClientHttp2Stream) => void,
): ReturnType<Attack['run']> {
  const counter = new OutcomeCounter();
  await repeat(Math.ceil(attempts / STREAMS_PER_CONNECTION), 8, async () => {
    const raw = new RawGrpc(address, localAddress);
    await repeat(Math.min(attempts, STREAMS_PER_CONNECTION), STREAMS_PER_CONNECTION, async () => {
      const stream = raw.open('/waybill.v1.BrokerService/Publish');
      stream.on('error', () => {});
      stream.resume();
      attack(stream);
      const closed = once(stream, 'close').then(() => `reset ${stream.rstCode}`);
      counter.add(await Promise.race([closed, wait(PATIENCE_MS, 'open', { ref: false })]));
      stream.destroy();
    });
    raw.breakConnection();
  });
  return counter.outcomes;
}

/** Writes until the stream is gone, as fast as the server takes it. */
function writeWithoutEnd(stream: ClientHttp2Stream, bytes: number): void {
  let left = bytes;
  const write = (): void => {
    while (left > 0 && !stream.destroyed && !stream.closed) {
      left -= CHUNK.length;
      if (!stream.write(CHUNK)) {
        stream.once('drain', write);
        return;
      }
    }
  };
  write();
}

/** Sends a message that is refused, and more and more after it; an attempt is a call. */
export const endlessRequests: Attack = {
  name: 'endless-requests',
  description: 'unary calls that go on sending after they were refused',
  quick: 50,
  full: 1000,
  expected: /^reset /,
  run: (target, attempts) =>
    streams(target, attempts, (stream) => {
      // Two empty messages, which are one too many, and 64 MiB.
      stream.write(Buffer.alloc(10));
      writeWithoutEnd(stream, 64 * MIB);
    }),
};

/** Sends nearly all of the largest message on every stream of a connection; an attempt is a call. */
export const hoardedRequests: Attack = {
  name: 'hoarded-requests',
  description: 'messages of 4 MiB on all streams of a connection at once, each but for its last byte',
  quick: 250,
  full: 2000,
  // 32 MiB may arrive at a time; what was refused is garbage for a while.
  maxAddedMib: 200,
  expected: /^reset /,
  run: (target, attempts) =>
    streams(target, attempts, (stream) => {
      stream.write(Buffer.from([0, 0, 0x40, 0, 0]));
      writeWithoutEnd(stream, 4 * MIB - CHUNK.length);
    }),
};
