import { EventEmitter, once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { systemClock } from '../../../src/core/clock.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { echoServices } from '../../support/echo-service.js';
import { collect, frame, RawGrpc } from '../../support/raw-grpc.js';

const events = new EventEmitter();
const MAX_RECEIVE_BYTES = 100_000;
let server: GrpcServer;
let address: string;
let raw: RawGrpc;

beforeAll(async () => {
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: echoServices((event, stream) => events.emit(event, stream)),
    limits: { maxReceiveBytes: MAX_RECEIVE_BYTES },
    clock: systemClock,
    logger: NO_LOGGER,
  });
  address = await server.start();
});

beforeEach(() => {
  raw = new RawGrpc(address);
});

/** The server serves on, on the same connection and on new ones. */
afterEach(async () => {
  for (const connection of [raw, new RawGrpc(address)]) {
    if (connection.session.destroyed) continue;
    const answer = await connection.call('/test.Echo/Unary', frame(Buffer.from('still there')));
    expect(answer).toMatchObject({ status: status.OK, body: frame(Buffer.from('still there')) });
    await connection.close();
  }
});

afterAll(() => server.stop(1000));

const text = Buffer.from('some text');

describe.each(['/test.Echo/Unary', '/test.Echo/Watch'])('%s', (path) => {
  it('refuses a call without a message', async () => {
    const answer = await raw.call(path, Buffer.alloc(0));
    expect(answer).toMatchObject({
      status: status.INVALID_ARGUMENT,
      message: 'the%20call%20has%20no%20request%20message',
    });
  });

  it('refuses a second message', async () => {
    const answer = await raw.call(path, Buffer.concat([frame(text), frame(text)]));
    expect(answer.status).toBe(status.INVALID_ARGUMENT);
    expect(answer.body).toHaveLength(0);
  });

  it.each([3, 7, 12])('refuses a request that ends after %i bytes of its message', async (length) => {
    const answer = await raw.call(path, frame(text).subarray(0, length));
    expect(answer.status).toBe(status.INVALID_ARGUMENT);
    expect(answer.message).toContain('middle');
  });

  it.each([1, 2, 255])('refuses the compressed flag %i without an encoding', async (flag) => {
    for (const headers of [{}, { 'grpc-encoding': 'identity' }]) {
      const answer = await raw.call(path, frame(text, flag), headers);
      expect(answer.status).toBe(status.INTERNAL);
      expect(answer.message).toContain('compressed');
    }
  });

  it('refuses the compressed flag on an empty message', async () => {
    expect((await raw.call(path, frame(Buffer.alloc(0), 1))).status).toBe(status.INTERNAL);
  });

  it('refuses an encoding that it does not know, and what is not compressed as it says', async () => {
    expect((await raw.call(path, frame(text, 1), { 'grpc-encoding': 'br' })).status).toBe(status.UNIMPLEMENTED);
    expect((await raw.call(path, frame(text, 1), { 'grpc-encoding': 'gzip' })).status).toBe(status.INTERNAL);
  });

  it('refuses a message above the transport limit, also when it is small before it is decompressed', async () => {
    const large = Buffer.alloc(MAX_RECEIVE_BYTES + 1);
    expect((await raw.call(path, frame(large))).status).toBe(status.RESOURCE_EXHAUSTED);
    const answer = await raw.call(path, frame(gzipSync(large), 1), { 'grpc-encoding': 'gzip' });
    expect(answer.status).toBe(status.RESOURCE_EXHAUSTED);
  });
});

it('accepts a message that is compressed as its encoding says', async () => {
  const answer = await raw.call('/test.Echo/Unary', frame(gzipSync(text), 1), { 'grpc-encoding': 'gzip' });
  expect(answer).toMatchObject({ status: status.OK, body: frame(text) });
  const plain = await raw.call('/test.Echo/Unary', frame(text), { 'grpc-encoding': 'gzip' });
  expect(plain).toMatchObject({ status: status.OK, body: frame(text) });
});

it.each(['/test.Echo/Unknown', '/test.Unknown/Unary', '/', '/a/b/c', `/${'x'.repeat(5000)}`, '/test.Echo/\u00e9%0a'])(
  'answers UNIMPLEMENTED to a method that does not exist',
  async (path) => {
    expect((await raw.call(path, frame(text))).status).toBe(status.UNIMPLEMENTED);
  },
);

it('refuses what is not gRPC', async () => {
  const answer = await raw.call('/test.Echo/Unary', Buffer.from('{}'), { 'content-type': 'application/json' });
  expect(answer.headers[':status']).toBe(415);
});

it('refuses a timeout that it cannot read', async () => {
  const answer = await raw.call('/test.Echo/Unary', frame(text), { 'grpc-timeout': 'soon' });
  expect(answer.status).toBe(status.INTERNAL);
});

it('ends a stream that is cut in the middle of a message, and tells its handler', async () => {
  const stream = raw.open('/test.Echo/Chat');
  const cancelled = once(events, 'cancel');
  stream.write(frame(text));
  stream.end(frame(text).subarray(0, 8));
  const answer = await collect(stream);
  expect(answer.status).toBe(status.INVALID_ARGUMENT);
  expect(answer.body).toEqual(frame(text));
  await cancelled;
});

it('tells the handler of a stream whose connection breaks', async () => {
  const stream = raw.open('/test.Echo/Chat');
  stream.on('error', () => undefined);
  stream.write(frame(text));
  await once(stream, 'data');
  const cancelled = once(events, 'cancel');
  raw.breakConnection();
  await cancelled;
});

it('serves on after a connection that does not speak HTTP/2', async () => {
  const { connect } = await import('node:net');
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
});
