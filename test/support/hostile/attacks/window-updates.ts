import { END_HEADERS, frame, HEADERS, MAX_WINDOW, WINDOW_UPDATE, windowUpdate } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders } from '../hpack.js';

const CALL = frame(HEADERS, END_HEADERS, 1, callHeaders('/waybill.v1.BrokerService/Subscribe'));

const VARIANTS: readonly Buffer[] = [
  // Windows end at 2^31 − 1: of the connection, and of a stream.
  Buffer.concat([windowUpdate(0, MAX_WINDOW), windowUpdate(0, MAX_WINDOW)]),
  Buffer.concat([CALL, windowUpdate(1, MAX_WINDOW), windowUpdate(1, MAX_WINDOW)]),
  windowUpdate(0, 0),
  Buffer.concat([CALL, windowUpdate(1, 0)]),
  frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(3)),
  // Of a stream that was never opened.
  windowUpdate(7, 1),
];

/** Opens windows further than they may be, and by nothing; an attempt is a connection. */
export const windowUpdates: Attack = {
  name: 'window-updates',
  description: 'WINDOW_UPDATE beyond 2^31 − 1, by 0, too short and for no stream (CVE-2026-21714)',
  quick: 60,
  full: 6000,
  expected: /^GOAWAY (FLOW_CONTROL_ERROR|PROTOCOL_ERROR|FRAME_SIZE_ERROR|INTERNAL_ERROR)$|^closed$|^reset$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(attempts, 16, async (index) => {
      const connection = await AttackerConnection.open(target);
      await connection.send(VARIANTS[index % VARIANTS.length]!);
      counter.add(await connection.streamEnding(1, PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
