import { END_HEADERS, END_STREAM, frame, HEADERS, resetFrame } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders, literal } from '../hpack.js';

const PATH = '/waybill.v1.BrokerService/Publish';

/** Header blocks that begin no call of gRPC, or none at all. */
const STARTS: readonly Buffer[] = [
  callHeaders(PATH, { 'content-type': 'text/plain' }),
  callHeaders(PATH, { 'content-type': 'application/grpc\u0000' }),
  callHeaders(PATH, { 'content-type': '' }),
  callHeaders(''),
  callHeaders('/'),
  callHeaders('/waybill.v1.BrokerService/Publish/Publish'),
  callHeaders('/constructor/__proto__'),
  callHeaders(`/${'p'.repeat(8000)}`),
  callHeaders(PATH, { ':method': 'GET' }),
  callHeaders(PATH, { ':method': 'CONNECT' }),
  callHeaders(PATH, { 'grpc-timeout': '-1S' }),
  callHeaders(PATH, { 'grpc-timeout': '99999999999H' }),
  callHeaders(PATH, { 'grpc-encoding': 'zstd' }),
  callHeaders(PATH, { connection: 'close' }),
  callHeaders(PATH, { 'transfer-encoding': 'chunked' }),
  callHeaders(PATH, { 'Content-Length': '5' }),
  callHeaders(PATH, { 'content-length': '-5' }),
  callHeaders(PATH, { authorization: 'Basic' }),
  callHeaders(PATH, { ':status': '200' }),
  callHeaders(PATH, { __proto__x: 'polluted' }),
  literal(':path', PATH),
  Buffer.concat([literal('te', 'trailers'), callHeaders(PATH)]),
  Buffer.alloc(0),
];

/** Begins calls that are none; each start is left once as it is and once reset at once. */
export const malformedStarts: Attack = {
  name: 'malformed-starts',
  description: 'headers that begin no call, left open, ended or reset at once (CVE-2026-48068)',
  quick: 138,
  full: 2070,
  expected: /^GOAWAY |^closed$|^reset$|^answered$|^left$/,
  async run(target, attempts) {
    const counter = new OutcomeCounter();
    await repeat(attempts, 100, async (index) => {
      const connection = await AttackerConnection.open(target);
      const start = STARTS[index % STARTS.length]!;
      const way = Math.floor(index / STARTS.length) % 3;
      const flags = END_HEADERS | (way === 0 ? END_STREAM : 0);
      await connection.send(
        Buffer.concat([frame(HEADERS, flags, 1, start), way === 2 ? resetFrame(1) : Buffer.alloc(0)]),
      );
      counter.add(way === 2 ? 'left' : await connection.streamEnding(1, PATIENCE_MS));
      connection.destroy();
    });
    return counter.outcomes;
  },
};
