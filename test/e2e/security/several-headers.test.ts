import { HEADERS, DATA, END_HEADERS, END_STREAM, frame } from '../../support/swarm/http2-frames.js';
import { AttackerConnection } from '../../support/hostile/attacker-connection.js';
import { callHeaders, literal } from '../../support/hostile/hpack.js';
import { frame as grpcFrame } from '../../support/raw-grpc.js';
import { SwitchedServer } from '../../support/security/switched-server.js';

const RIGHT = 'Bearer one:its-s3cret';
const WRONG = 'Bearer one:other';
const PATH = '/waybill.v1.AdminService/GetServerInfo';

let server: SwitchedServer;

beforeAll(async () => {
  server = await SwitchedServer.start(['--auth', 'required'], { WAYBILL_CLIENTS: 'one:its-s3cret' });
});

afterAll(() => server.dispose());

/** Codes of the calls that have ended, by how often. */
async function codes(): Promise<Readonly<Record<string, number>>> {
  const metrics = await (await fetch(`${server.admin}/metrics`)).text();
  const samples = metrics.matchAll(/^grpc_server_handled_total\{.*GetServerInfo.*grpc_code="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(samples, ([, code, count]) => [code, Number(count)]));
}

/** Makes a call with all of these headers, which HTTP/2 libraries refuse to send, or send joined. */
async function callWith(authorizations: readonly string[]): Promise<void> {
  const connection = await AttackerConnection.open({ address: server.grpc, localAddress: '127.0.0.1' });
  const headers = [callHeaders(PATH), ...authorizations.map((value) => literal('authorization', value))];
  await connection.send(
    Buffer.concat([
      frame(HEADERS, END_HEADERS, 1, Buffer.concat(headers)),
      frame(DATA, END_STREAM, 1, grpcFrame(Buffer.alloc(0))),
    ]),
  );
  expect(await connection.streamEnding(1, 10_000)).toBe('answered');
  connection.destroy();
}

test('of several authorization headers the first counts', async () => {
  await callWith([WRONG, RIGHT]);
  await callWith([WRONG, WRONG]);
  expect(await codes()).toEqual({ Unauthenticated: 2 });
  await callWith([RIGHT, WRONG]);
  expect(await codes()).toEqual({ Unauthenticated: 2, OK: 1 });
});
