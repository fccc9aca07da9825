import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import {
  connect,
  type OutgoingMessage,
  type SubscribeRequest,
  type SubscriptionEvent,
  type WaybillClient,
  WaybillError,
} from '../../src/client/index.js';
import { identity } from '../support/grpc-client.js';
import { numberedMessages } from '../support/numbered-messages.js';
import { ServerProcess } from '../support/server-process.js';
import { failureOf } from '../support/waybill-failure.js';

const MIB = 1024 * 1024;

/** A method that takes and gives bytes. */
const BYTES = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};

describe('the client', () => {
  let server: ServerProcess;
  let client: WaybillClient;

  beforeAll(async () => {
    // Three messages of the largest size do not fit into a subject.
    server = ServerProcess.spawn({ flags: ['--memory-max-subject-bytes', '2MiB'] });
    const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
    client = connect({ address });
  });

  afterAll(async () => {
    client.close();
    await server.dispose();
  });

  test('publishes the good messages of a batch and tells what is wrong with the bad one', async () => {
    const results = await client.publishBatch([
      { subject: 'batch', body: 'one' },
      { subject: 'batch.*', body: 'two' },
      { subject: 'batch', body: 'three', headers: new Map([['kind', 'last']]) },
    ]);
    expect(results).toMatchObject([{ id: 1, duplicate: false }, { reason: 'SUBJECT_INVALID' }, { id: 2 }]);
    expect(results[1]).toBeInstanceOf(WaybillError);
    const message = await client.fetch('batch', 2);
    expect([message.body.toString(), [...message.headers]]).toEqual(['three', [['kind', 'last']]]);
  });

  test('tells of each message of a stream whether it failed or had been published before', async () => {
    const stream = client.publishStream();
    await stream.ready();
    const acked = await stream.send([
      { subject: 'streamed', body: 'a', idempotencyKey: 'k' },
      { subject: 'streamed', body: 'b', expectedLastId: 7 },
      { subject: 'streamed', body: 'a', idempotencyKey: 'k' },
      { subject: 'streamed', body: 'c' },
    ]);
    expect(acked).toMatchObject({
      ids: [1, 0, 1, 2],
      failures: [{ index: 1, error: { reason: 'EXPECTED_ID_MISMATCH' } }],
      duplicates: [2],
    });
    await stream.close();
    await expect(stream.send([{ subject: 'streamed', body: 'late' }])).rejects.toBeInstanceOf(WaybillError);
  });

  test('waits for credit while the server has not acknowledged enough', async () => {
    const frames = 24;
    const creditBytes = 8 * MIB;
    const frame = (subject: string): readonly OutgoingMessage[] =>
      Array.from({ length: 4 }, () => ({ subject, body: Buffer.alloc(MIB / 4) }));
    const stream = client.publishStream();
    await stream.ready();
    const sent = Array.from({ length: frames }, (_, index) => stream.send(frame(`credit.${index}`)));
    const ready = stream.ready().then(() => 'ready');
    expect(await Promise.race([ready, Promise.resolve('waiting')])).toBe('waiting');
    await ready;
    expect(stream.outstanding * MIB).toBeLessThan(creditBytes);
    expect((await Promise.all(sent)).map(({ ids }) => ids)).toEqual(Array.from(sent, () => [1, 2, 3, 4]));
    await stream.close();
  });

  test('tells the reason of a failure, its facts and when to try again', async () => {
    const tooLarge = await failureOf(client.publish({ subject: 'errors', body: Buffer.alloc(MIB + 1) }));
    expect(tooLarge).toMatchObject({
      codeName: 'INVALID_ARGUMENT',
      reason: 'MESSAGE_TOO_LARGE',
      fields: { limit: String(MIB), actual: String(MIB + 1) },
      retryAfterMs: undefined,
    });
    const fill = () => client.publish({ subject: 'errors', body: Buffer.alloc(MIB) });
    const full = await failureOf(fill().then(fill).then(fill));
    expect(full).toMatchObject({ codeName: 'RESOURCE_EXHAUSTED', reason: 'STORAGE_FULL', retryAfterMs: 1000 });
    expect(await failureOf(client.fetch('errors', 99))).toMatchObject({
      codeName: 'NOT_FOUND',
      reason: 'MESSAGE_NOT_FOUND',
    });
  });

  test('tells when no server is there', async () => {
    const alone = connect({ address: '127.0.0.1:1' });
    try {
      expect(await failureOf(alone.publish({ subject: 'a', body: 'b' }))).toMatchObject({
        codeName: 'UNAVAILABLE',
        reason: 'SERVER_UNREACHABLE',
      });
    } finally {
      alone.close();
    }
  });

  test('does not call with a signal that is aborted', async () => {
    const publish = client.publish({ subject: 'aborted', body: 'x' }, { signal: AbortSignal.abort() });
    expect(await failureOf(publish)).toMatchObject({ codeName: 'CANCELLED', reason: 'CANCELLED' });
    expect((await client.admin.listSubjects({ prefix: 'aborted' })).subjects).toEqual([]);
    const subscription = client.subscribe({ subjects: ['aborted'] }, { signal: AbortSignal.abort() });
    const events: SubscriptionEvent[] = [];
    for await (const event of subscription) events.push(event);
    expect(events).toEqual([]);
  });

  test('ends a call when its signal is aborted', async () => {
    const controller = new AbortController();
    const publish = client.publish({ subject: 'cancelled', body: 'x' }, { signal: controller.signal });
    controller.abort();
    expect(await failureOf(publish)).toMatchObject({ codeName: 'CANCELLED', reason: 'CANCELLED' });
  });

  test('ends a subscription without an error when its signal is aborted', async () => {
    const controller = new AbortController();
    const kinds: string[] = [];
    for await (const { kind } of client.subscribe({ subjects: ['open'] }, { signal: controller.signal })) {
      kinds.push(kind);
      controller.abort();
    }
    expect(kinds).toEqual(['confirmed']);
  });

  test('goes on after the cursor of a subscription that was left', async () => {
    await client.publishBatch(numberedMessages('left', 1, 5));
    const request: SubscribeRequest = { subjects: ['left'], from: 'earliest', maxBatchMessages: 1 };
    const left = client.subscribe(request);
    expect(left.cursor).toBeUndefined();
    for await (const message of left.messages()) if (message.id === 2) break;
    const cursor = left.cursor ?? '';
    const ids: number[] = [];
    const rest = client.subscribe({ subjects: ['left'], from: { cursor }, stopAtHead: true });
    for await (const { id } of rest.messages()) ids.push(id);
    expect(ids).toEqual([3, 4, 5]);
  });
});

test('the client fails a call, and a stream, with what is wrong with an answer that is no message', async () => {
  const server = new Server();
  const garbage = Buffer.from([0x0a, 0x7f]);
  server.addService(
    {
      publish: { ...BYTES, path: '/waybill.v1.BrokerService/Publish', requestStream: false, responseStream: false },
      stream: { ...BYTES, path: '/waybill.v1.BrokerService/PublishStream', requestStream: true, responseStream: true },
      subscribe: { ...BYTES, path: '/waybill.v1.BrokerService/Subscribe', requestStream: false, responseStream: true },
      fetch: { ...BYTES, path: '/waybill.v1.AdminService/GetSubject', requestStream: false, responseStream: false },
    },
    {
      publish: (_call: unknown, callback: sendUnaryData<Buffer>) => callback(null, garbage),
      stream: (call: ServerDuplexStream<Buffer, Buffer>) => call.write(garbage),
      subscribe: (call: ServerWritableStream<Buffer, Buffer>) => call.write(garbage),
      fetch: (_call: unknown, callback: sendUnaryData<Buffer>) => callback(null, garbage),
    },
  );
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  const client = connect({ address: `127.0.0.1:${port}` });
  try {
    const stream = client.publishStream();
    const failing = [
      client.publish({ subject: 'a', body: 'b' }),
      stream.ready(),
      stream.send([{ subject: 'a', body: 'b' }]),
      client
        .subscribe({ subjects: ['a'] })
        [Symbol.asyncIterator]()
        .next(),
      client.admin.getSubject('a'),
    ];
    for (const { reason } of await Promise.all(failing.map(failureOf))) expect(reason).toBe('RESPONSE_MALFORMED');
    await stream.close();
  } finally {
    client.close();
    server.forceShutdown();
  }
});
