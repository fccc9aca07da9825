import { connect, type WaybillClient } from '../../src/client/index.js';
import { StreamServer } from '../support/stream-server.js';
import { failureOf } from '../support/waybill-failure.js';

/** Where the clock of a test begins. */
const START_US = Date.UTC(2026, 0, 1) * 1000;
const MINUTE_US = 60_000_000;

let server: StreamServer;
let client: WaybillClient;

beforeEach(async () => {
  server = await StreamServer.start('memory');
  client = connect({ address: server.address });
});

afterEach(async () => {
  client.close();
  await server.stop();
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const bodies = (events: readonly { readonly body: Buffer }[]) => events.map(({ body }) => body.toString());

test('creates, describes, lists and deletes streams', async () => {
  const orders = await client.streams.create({ name: 'orders', eventTtlMs: 1500 });
  expect(orders).toEqual({
    id: expect.any(String),
    name: 'orders',
    createTimeUs: START_US,
    eventTtlMs: 1500,
    subject: '$streams.orders',
  });
  expect(await client.streams.get('orders')).toEqual(orders);
  const kept = await client.streams.create({ name: 'kept', eventTtlMs: 0 });
  expect(kept.eventTtlMs).toBeUndefined();
  expect((await client.streams.create({ name: 'orders.eu' })).eventTtlMs).toBe(30 * 86_400_000);
  const first = await client.streams.list({ pageSize: 1 });
  expect(first).toEqual({ streams: [kept], nextPageToken: expect.stringMatching(/./) });
  const second = await client.streams.list({ pageToken: first.nextPageToken });
  expect(second.streams.map(({ name }) => name)).toEqual(['orders', 'orders.eu']);
  await client.streams.delete('orders');
  expect((await collect(client.streams.all('orders'))).map(({ name }) => name)).toEqual(['orders.eu']);
});

test('writes events and reads them back, byte for byte and page by page', async () => {
  const { id: streamId } = await client.streams.create({ name: 'orders' });
  const first = await client.streams.write('orders', '{"price": 12345678901234567890.10}');
  expect(first).toEqual({ id: expect.any(String), createTimeUs: START_US, messageId: 1 });
  await client.streams.write('orders', Buffer.from('"ü"'));
  for (const body of ['3', '4', '5']) await client.streams.write('orders', body);
  const page = await client.streams.events({ stream: 'orders', pageSize: 2 });
  expect(page.events[0]).toEqual({
    id: first.id,
    streamId,
    status: 'unprocessed',
    createTimeUs: START_US,
    body: Buffer.from('{"price": 12345678901234567890.10}'),
    messageId: 1,
  });
  const rest = await client.streams.events({ stream: 'orders', pageToken: page.nextPageToken });
  expect(bodies(rest.events)).toEqual(['3', '4', '5']);
  const all = await collect(client.streams.allEvents({ stream: 'orders', pageSize: 2, afterEventId: first.id }));
  expect(bodies(all)).toEqual(['"ü"', '3', '4', '5']);
});

test('walks through what is to be processed and what is to be tried again', async () => {
  await client.streams.create({ name: 'orders' });
  for (let number = 1; number <= 9; number++) {
    const { id } = await client.streams.write('orders', String(number));
    if (number % 3 === 1) await client.streams.mark(id, 'retry');
    if (number % 3 === 2) await client.streams.mark(id, 'processed');
  }
  expect(bodies(await collect(client.streams.allToProcess({ stream: 'orders', pageSize: 2 })))).toEqual([
    '3',
    '6',
    '9',
  ]);
  const again = await collect(client.streams.allToRetry({ stream: 'orders', pageSize: 2 }));
  expect(again.map(({ status }) => status)).toEqual(['retry', 'retry', 'retry']);
  expect(bodies(again)).toEqual(['1', '4', '7']);
});

test('takes, extends and gives back a lease', async () => {
  await client.streams.create({ name: 'orders' });
  for (const body of ['1', '2', '3']) await client.streams.write('orders', body);
  const taken = await client.streams.process({ stream: 'orders', leaseMs: 60_000, pageSize: 2 });
  expect(bodies(taken.events)).toEqual(['1', '2']);
  expect(taken.lease?.expireTimeUs).toBe(START_US + MINUTE_US);
  const { id: leaseId = '' } = taken.lease ?? {};
  const [first, second] = taken.events;
  await client.streams.mark(first?.id ?? '', 'processed', { leaseId });
  expect(await client.streams.extendLease('orders', leaseId, 120_000)).toEqual({
    id: leaseId,
    expireTimeUs: START_US + 2 * MINUTE_US,
  });
  await client.streams.releaseLease('orders', leaseId);
  expect(await failureOf(client.streams.extendLease('orders', leaseId, 1000))).toMatchObject({ reason: 'LEASE_LOST' });
  expect(await failureOf(client.streams.mark(second?.id ?? '', 'retry', { leaseId }))).toMatchObject({
    reason: 'LEASE_LOST',
  });
  await client.streams.mark(second?.id ?? '', 'retry');
  const again = await client.streams.retry({ stream: 'orders', leaseMs: 1000 });
  expect([bodies(again.events), again.lease?.expireTimeUs]).toEqual([['2'], START_US + 1_000_000]);
  expect(await client.streams.retry({ stream: 'orders', leaseMs: 1000 })).toEqual({
    events: [],
    nextPageToken: '',
    lease: undefined,
  });
});

test('tells the reason of a failure', async () => {
  await client.streams.create({ name: 'orders' });
  const failures = [
    [client.streams.create({ name: 'orders' }), 'STREAM_EXISTS'],
    [client.streams.write('orders', '{'), 'EVENT_INVALID'],
    [client.streams.get('none'), 'STREAM_NOT_FOUND'],
    [collect(client.streams.allEvents({ stream: 'none' })), 'STREAM_NOT_FOUND'],
    [client.streams.mark('none', 'processed'), 'EVENT_NOT_FOUND'],
  ] as const;
  for (const [failing, reason] of failures) expect((await failureOf(failing)).reason).toBe(reason);
});
