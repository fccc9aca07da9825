import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { BROKER, encode, HardenedServer } from '../../support/hardened-server.js';
import { collect, frame, RawGrpc } from '../../support/raw-grpc.js';
import { REFLECTED_CALLS } from '../../support/reflected-calls.js';

const NOT_PROTOBUF = Buffer.from([0xff, 0xff, 0xff, 0xff]);
/** Those that take one request; streams of requests have their own tests. */
const METHODS = [...new Set(REFLECTED_CALLS.map(({ method }) => method))].filter(
  (method) => !method.endsWith('/PublishStream') && !method.endsWith('/ServerReflectionInfo'),
);

let server: HardenedServer;

beforeAll(async () => {
  server = await HardenedServer.start();
});

afterEach(() => server.expectUnharmed());

afterAll(() => server.stop());

describe.each(METHODS)('%s refuses', (method) => {
  it.each([
    ['a call without a message', Buffer.alloc(0), status.INVALID_ARGUMENT],
    ['a second message', Buffer.concat([frame(Buffer.alloc(0)), frame(Buffer.alloc(0))]), status.INVALID_ARGUMENT],
    ['a call that is cut in the middle of its message', frame(Buffer.alloc(9)).subarray(0, 7), status.INVALID_ARGUMENT],
    ['the compressed flag without an encoding', frame(Buffer.alloc(3), 1), status.INTERNAL],
  ])('%s', async (_what, body, code) => {
    expect(await server.rawAnswer(method, body)).toEqual({ code, reason: 'REQUEST_MALFORMED' });
  });

  it.each([
    ['what is not protobuf', NOT_PROTOBUF],
    ['a field that is longer than the message', Buffer.from([0x0a, 100, 0x61])],
    ['a field that ends beyond 2^32', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x61])],
    ['a field number of 0', Buffer.from([0x00, 0x01])],
  ])('%s', async (_what, message) => {
    expect(await server.rawAnswer(method, frame(message))).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'REQUEST_MALFORMED',
    });
  });
});

describe('PublishStream', () => {
  it.each([
    ['what is not protobuf', NOT_PROTOBUF],
    ['a field that is longer than the message', Buffer.from([0x12, 100, 0x61])],
    ['a subject that is longer than its message', Buffer.from([0x12, 3, 0x0a, 5, 0x61, 0x12, 2, 0x0a, 0x00])],
    ['a subject that is not text', Buffer.from([0x12, 4, 0x0a, 2, 0xc3, 0x28])],
  ])('ends at %s', async (_what, bytes) => {
    expect(await server.publishStreamRefusal(bytes)).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'REQUEST_MALFORMED',
    });
  });

  it('keeps what it has acknowledged when the connection breaks in the middle of a frame', async () => {
    const raw = new RawGrpc(server.address);
    const stream = raw.open(`${BROKER}/PublishStream`);
    const whole = frame(encode('waybill.v1.PublishStreamRequest', { sequence: 1, messages: [{ subject: 'cut' }] }));
    const received: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.write(whole);
    // Opened, then the acknowledgement: sequence 1 and the id 1.
    const ack = frame(encode('waybill.v1.PublishStreamResponse', { ack: { sequence: 1, ids: [1] } }));
    while (!Buffer.concat(received).subarray(-ack.length).equals(ack)) {
      received.push(((await once(stream, 'data')) as [Buffer])[0]);
    }
    server.stored.set('cut', 1);
    stream.write(whole.subarray(0, whole.length - 1));
    await new Promise((resolve) => raw.session.ping(resolve));
    raw.breakConnection();
    await once(raw.session, 'close');
  });

  it('stores nothing of a frame that the client ends in the middle', async () => {
    const raw = new RawGrpc(server.address);
    const stream = raw.open(`${BROKER}/PublishStream`);
    stream.end(frame(encode('waybill.v1.PublishStreamRequest', { messages: [{ subject: 'half' }] })).subarray(0, 9));
    expect((await collect(stream)).status).toBe(status.INVALID_ARGUMENT);
    await raw.close();
  });
});

describe('a publish that is cut short lands nowhere', () => {
  const message = { subject: 'orders.overseas', body: Buffer.from('a body') };
  const subjectEnd = 2 + message.subject.length;
  it.each([
    ['broker.Broker/Publish', encode('broker.PublishRequest', message), [subjectEnd]],
    ['waybill.v1.BrokerService/Publish', encode('waybill.v1.PublishRequest', message), [subjectEnd]],
    ['waybill.v1.BrokerService/PublishBatch', encode('waybill.v1.PublishBatchRequest', { messages: [message] }), []],
  ])('%s', async (method, bytes, fieldEnds: readonly number[]) => {
    for (let length = 1; length < bytes.length; length++) {
      // There it is another message that is valid, with a field less.
      if (fieldEnds.includes(length)) continue;
      const error = await server.refusal(`/${method}`, bytes.subarray(0, length));
      expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'REQUEST_MALFORMED' });
    }
  });

  it('waybill.v1.BrokerService/PublishStream', async () => {
    const bytes = encode('waybill.v1.PublishStreamRequest', { messages: [message] });
    for (let length = 1; length < bytes.length; length++) {
      expect(await server.publishStreamRefusal(bytes.subarray(0, length))).toMatchObject({
        reason: 'REQUEST_MALFORMED',
      });
    }
  });
});

it.each([
  'waybill.v1.BrokerService/publish',
  'waybill.v1.BrokerService/Peek',
  'broker.Broker/List',
  'other.Service/Get',
])('does not know %s', async (method) => {
  // The transport answers before anything of ours sees the call: the code alone says it.
  expect((await server.rawAnswer(method, frame(Buffer.alloc(0)))).code).toBe(status.UNIMPLEMENTED);
});
