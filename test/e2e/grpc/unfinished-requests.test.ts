import { once } from 'node:events';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { echoServices } from '../../support/echo-service.js';
import { ManualClock } from '../../support/manual-clock.js';
import { collect, frame, RawGrpc } from '../../support/raw-grpc.js';

const REQUEST_TIMEOUT_MS = 20_000;
const CHECK_MS = REQUEST_TIMEOUT_MS / 4;
const LATE_DATA_MS = 1000;
const FIRST_WORDS_MS = 10_000;
const MAX_ARRIVING_BYTES = 100_000;

const text = Buffer.from('some text');

let clock: ManualClock;
let server: GrpcServer;
let address: string;
let raw: RawGrpc;

beforeEach(async () => {
  clock = new ManualClock();
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: echoServices(),
    limits: { requestTimeoutMs: REQUEST_TIMEOUT_MS, maxArrivingBytes: MAX_ARRIVING_BYTES },
    clock,
    logger: NO_LOGGER,
  });
  address = await server.start();
  raw = new RawGrpc(address);
});

/** The server serves on, on the same connection. */
afterEach(async () => {
  expect(await raw.call('/test.Echo/Unary', frame(text))).toMatchObject({ status: status.OK, body: frame(text) });
  await raw.close();
  await server.stop(0);
  expect(clock.pending).toBe(0);
});

/** Resolves when the server has taken what was sent on the connection before. */
async function arrived(): Promise<void> {
  expect((await raw.call('/test.Echo/Unary', frame(text))).status).toBe(status.OK);
}

/** Opens a call and sends this much of its request. */
async function begin(path: string, bytes: Buffer = Buffer.alloc(0)): Promise<ClientHttp2Stream> {
  const stream = raw.open(path);
  if (bytes.length > 0) stream.write(bytes);
  // Nothing was sent before the headers go.
  await arrived();
  return stream;
}

function waitForTimeout(): void {
  for (let passed = 0; passed <= REQUEST_TIMEOUT_MS; passed += CHECK_MS) clock.advance(CHECK_MS);
}

describe.each(['/test.Echo/Unary', '/test.Echo/Watch'])('%s', (path) => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a part of its message', frame(text).subarray(0, 8)],
    ['its message, but not the end', frame(text)],
  ])('is ended when it has sent %s for too long', async (_what, bytes) => {
    const stream = await begin(path, bytes);
    const answer = collect(stream);
    waitForTimeout();
    expect(await answer).toMatchObject({
      status: status.DEADLINE_EXCEEDED,
      message: 'the%20request%20has%20not%20arrived%20in%20time',
    });
  });

  it('is ended although bytes come now and then', async () => {
    const stream = await begin(path, frame(text).subarray(0, 6));
    const answer = collect(stream);
    for (let passed = 0; passed <= REQUEST_TIMEOUT_MS; passed += CHECK_MS) {
      stream.write('x');
      await arrived();
      clock.advance(CHECK_MS);
    }
    expect((await answer).status).toBe(status.DEADLINE_EXCEEDED);
  });
});

it('does not end calls that work or wait for something to tell', async () => {
  const [hanging, watching] = [raw.open('/test.Echo/Hang'), raw.open('/test.Echo/Watch')];
  for (const stream of [hanging, watching]) stream.end(frame(text));
  watching.resume();
  await once(watching, 'data');
  waitForTimeout();
  await arrived();
  expect([hanging.closed, watching.closed]).toEqual([false, false]);
  for (const stream of [hanging, watching]) stream.close();
});

it('does not end a stream that is silent between its messages, only one that stops within a message', async () => {
  const stream = await begin('/test.Echo/Chat', frame(text));
  const answer = collect(stream);
  waitForTimeout();
  stream.write(frame(text).subarray(0, 7));
  await arrived();
  waitForTimeout();
  const { status: code, body } = await answer;
  expect(code).toBe(status.DEADLINE_EXCEEDED);
  expect(body).toEqual(frame(text));
});

it.each([
  ['a call that was refused', '/test.Echo/Unary', 'application/grpc', Buffer.alloc(10)],
  ['a method that does not exist', '/test.Echo/Unknown', 'application/grpc', text],
  ['what is not gRPC', '/test.Echo/Unary', 'text/plain', text],
])('asks a client that goes on sending after the answer to %s to stop', async (_what, path, type, bytes) => {
  const stream = raw.open(path, { 'content-type': type });
  stream.resume();
  stream.write(bytes);
  await once(stream, 'response');
  await arrived();
  expect(stream.closed).toBe(false);
  clock.advance(LATE_DATA_MS);
  await once(stream, 'close');
  expect(stream.rstCode).toBe(0);
});

it('asks a client that sends much after the answer to stop at once', async () => {
  const stream = raw.open('/test.Echo/Unary');
  stream.on('error', () => {});
  stream.resume();
  stream.write(Buffer.concat([Buffer.alloc(10), Buffer.alloc(1_000_000)]));
  await once(stream, 'close');
  expect(stream.rstCode).toBe(0);
});

describe('requests that arrive in parts', () => {
  const part = (bytes: number): Buffer => frame(Buffer.alloc(1_000_000)).subarray(0, bytes);

  it('are refused when they are too much together and those before them have had no time', async () => {
    const first = await begin('/test.Echo/Unary', part(60_000));
    const second = raw.open('/test.Echo/Unary');
    second.write(part(60_000));
    expect(await collect(second)).toMatchObject({ status: status.RESOURCE_EXHAUSTED });
    await arrived();
    const answer = collect(first);
    first.end(Buffer.alloc(1_000_000 + 5 - 60_000));
    expect(await answer).toMatchObject({ status: status.OK });
  });

  it('take the place of those that have been arriving for long', async () => {
    const first = await begin('/test.Echo/Unary', part(60_000));
    const refused = collect(first);
    clock.advance(1000);
    const second = await begin('/test.Echo/Unary', part(60_000));
    expect(await refused).toMatchObject({ status: status.RESOURCE_EXHAUSTED });
    const answer = collect(second);
    second.end(Buffer.alloc(1_000_000 + 5 - 60_000));
    expect(await answer).toMatchObject({ status: status.OK });
  });

  it('leave room again when they are complete, given up or compressed', async () => {
    const large = Buffer.alloc(90_000);
    for (let i = 0; i < 5; i++) {
      const compressed = await raw.call('/test.Echo/Unary', frame(gzipSync(large), 1), { 'grpc-encoding': 'gzip' });
      expect(compressed.body).toEqual(frame(large));
      const given = await begin('/test.Echo/Unary', part(90_000));
      given.on('error', () => {});
      given.close(constants.NGHTTP2_CANCEL);
      // The server hears of it when it does; by time nothing becomes free here.
      let code: number = status.RESOURCE_EXHAUSTED;
      while (code === status.RESOURCE_EXHAUSTED) code = (await raw.call('/test.Echo/Unary', frame(large))).status;
      expect(code).toBe(status.OK);
    }
  });
});

it.each([
  ['nothing', ''],
  ['half of the preface', 'PRI * HTTP/2.0\r\n'],
  ['the preface alone', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
])('closes a connection that has said %s for too long', async (_what, words) => {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  socket.write(words);
  // Accepted and looked at before this call, which came later.
  const other = new RawGrpc(address);
  await other.call('/test.Echo/Unary', frame(text));
  await other.close();
  const closed = once(socket.resume(), 'close');
  clock.advance(FIRST_WORDS_MS);
  await closed;
});
