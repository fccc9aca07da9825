import { connect, type WaybillClient } from '../../src/client/index.js';
import { DurableServer } from '../support/durable-server.js';
import { idsTo, numberedMessages } from '../support/numbered-messages.js';
import { SubscriptionReader } from '../support/subscription-reader.js';
import { failureOf } from '../support/waybill-failure.js';

describe('the client of a server that comes and goes', () => {
  let server: DurableServer;
  let client: WaybillClient;

  beforeEach(async () => {
    server = await DurableServer.start();
    client = connect({ address: server.address, ownConnection: true });
  });

  afterEach(async () => {
    client.close();
    await server.dispose();
  });

  test('goes on after a server that drained', async () => {
    await client.publishBatch(numberedMessages('s', 1, 3));
    const reader = new SubscriptionReader(client, { subjects: ['s'], from: 'earliest' });
    await reader.untilKind('caughtUp');
    const exit = server.end('SIGTERM');
    await reader.untilKind('draining');
    await reader.untilKind('reconnecting');
    expect(await exit).toEqual({ code: 0, signal: null });
    await server.restart();
    await reader.untilKind('confirmed');
    await client.publishBatch(numberedMessages('s', 4, 6));
    await reader.untilMessages(6);
    expect(reader.ids).toEqual(idsTo(6));
    await reader.close();
  });

  test('goes on after a server that was killed', async () => {
    await client.publishBatch(numberedMessages('s', 1, 3));
    const reader = new SubscriptionReader(client, { subjects: ['>'], from: 'earliest' });
    await reader.untilMessages(3);
    await server.end('SIGKILL');
    await reader.untilKind('reconnecting');
    await server.restart();
    const other = connect({ address: server.address, ownConnection: true });
    await other.publishBatch(numberedMessages('s', 4, 6));
    other.close();
    await reader.untilMessages(6);
    expect(reader.ids).toEqual(idsTo(6));
    await reader.close();
  });

  test('ends with the error when it is not to go on', async () => {
    const reader = new SubscriptionReader(client, { subjects: ['s'] }, { resume: false });
    await reader.untilKind('confirmed');
    await server.end('SIGKILL');
    expect(await failureOf(reader.untilKind('reconnecting'))).toMatchObject({ codeName: 'UNAVAILABLE' });
  });

  test('ends without an error when its signal is aborted while no server is there', async () => {
    const controller = new AbortController();
    const kinds: string[] = [];
    for await (const { kind } of client.subscribe({ subjects: ['s'] }, { signal: controller.signal })) {
      kinds.push(kind);
      if (kind === 'confirmed') await server.end('SIGKILL');
      if (kind === 'reconnecting') controller.abort();
    }
    // Whether the kill comes before it is a matter of chance.
    expect(kinds.filter((kind) => kind !== 'caughtUp')).toEqual(['confirmed', 'reconnecting']);
  });

  test('publishes nothing more on a stream that drains, and gets every acknowledgement', async () => {
    const stream = client.publishStream();
    await stream.ready();
    const acked = stream.send(numberedMessages('s', 1, 100));
    const exit = server.end('SIGTERM');
    expect((await acked).ids).toEqual(idsTo(100));
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(stream.draining).toBe(true);
    expect(await failureOf(stream.send(numberedMessages('s', 101, 101)))).toMatchObject({ reason: 'DRAINING' });
    expect(await failureOf(stream.ready())).toMatchObject({ reason: 'DRAINING' });
  });

  test('rejects what is not acknowledged when the server is killed', async () => {
    const stream = client.publishStream();
    await stream.ready();
    await server.end('SIGKILL');
    expect(await failureOf(stream.send(numberedMessages('s', 1, 1)))).toMatchObject({ codeName: 'UNAVAILABLE' });
    await stream.close();
  });
});

test('a consumer that stops reading gets everything later, and the server does not hold it meanwhile', async () => {
  const messages = 20_000;
  const server = await DurableServer.start(['--grpc-stream-buffer-bytes', '64KiB', '--feed-max-bytes', '64KiB']);
  const publisher = connect({ address: server.address, ownConnection: true });
  const subscriber = connect({ address: server.address, ownConnection: true });
  try {
    const reader = new SubscriptionReader(subscriber, { subjects: ['slow'] });
    await reader.untilKind('confirmed');
    const stream = publisher.publishStream();
    const body = Buffer.alloc(1024);
    for (let sent = 0; sent < messages; sent += 500) {
      await stream.ready();
      await stream.send(Array.from({ length: 500 }, () => ({ subject: 'slow', body })));
    }
    await stream.close();
    expect(await server.metric('waybill_fell_behind_total')).toBeGreaterThan(0);
    // 20 MB are published; buffers on both sides and what HTTP/2 lets go ahead are below 4 MB.
    expect(await server.metric('waybill_messages_delivered_total')).toBeLessThan(4000);
    expect(await publisher.admin.getSubject('slow')).toMatchObject({ lastId: messages, subscribers: 1 });
    await reader.untilMessages(messages);
    expect(reader.ids).toEqual(idsTo(messages));
    expect(reader.kinds).toContain('fellBehind');
    await reader.close();
  } finally {
    publisher.close();
    subscriber.close();
    await server.dispose();
  }
});
