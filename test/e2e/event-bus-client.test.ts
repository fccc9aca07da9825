import { readFileSync } from 'node:fs';
import { EventBusClient, EventBusError, type EventBusConnectOptions } from '../../src/client/index.js';
import { ServerProcess } from '../support/server-process.js';

const CREDENTIALS = { clientId: 'processor', clientSecret: 'its-secret' };
const TLS_FILES = 'test/fixtures/tls';

let server: ServerProcess;
let address: string;
const clients: EventBusClient[] = [];

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  server = ServerProcess.spawn({
    environment: {
      WAYBILL_CLIENTS: `${CREDENTIALS.clientId}:${CREDENTIALS.clientSecret}`,
      WAYBILL_TCP_ADDRESS: '127.0.0.1:0',
      ...environment,
    },
  });
  [, address = ''] = /tcp ([^\s,]+)/.exec(await server.ready()) ?? [];
}

async function open(options: Partial<EventBusConnectOptions> = {}): Promise<EventBusClient> {
  const client = await EventBusClient.connect({ address, credentials: CREDENTIALS, ...options });
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.dispose();
});

async function failureOf(failing: Promise<unknown>): Promise<EventBusError> {
  const error: unknown = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EventBusError) return error;
  throw new Error('there was no EventBusError', { cause: error });
}

const bodies = (events: readonly { readonly body: Buffer }[]) => events.map(({ body }) => body.toString());

test('works with streams and events, byte for byte', async () => {
  await start();
  const client = await open();
  await client.health();
  const stream = await client.createStream('orders > 50%');
  expect(stream).toEqual({ id: expect.any(String), name: 'orders > 50%', createdAt: expect.stringMatching(/Z$/) });
  expect(await client.getStreamInfo('orders > 50%')).toEqual(stream);
  const events = ['{"b":12345678901234567890.10,"a":"<\\/ü\\u2028"}', 'null', '[[],{}]', '"}"', '-0.0e-5'];
  await Promise.all(events.map((event) => client.writeEvent(stream.name, event)));
  const listed = await client.getStreamEvents(stream.name);
  expect(bodies(listed)).toEqual(events);
  expect(listed[0]).toMatchObject({ streamId: stream.id, status: 0, createdAt: expect.stringMatching(/Z$/) });
  const [one, two, three] = listed.map(({ id }) => id) as [string, string, string];
  await Promise.all([client.markEvent(one, 1), client.markEvent(two, 2), client.markEvent(three, 2)]);
  expect(bodies((await client.processEvents(stream.name)).events)).toEqual(events.slice(3));
  const { events: again, lease } = await client.retryEvents(stream.name, { limit: 1, after: two });
  expect([bodies(again), lease]).toEqual([[events[2]], undefined]);
  await client.deleteStream(stream.name);
  expect(await failureOf(client.getStreamEvents(stream.name))).toMatchObject({
    operation: 'get_stream_events',
    reason: "stream 'orders > 50%' not found",
    answered: true,
  });
  await client.exit();
});

test('takes events under leases', async () => {
  await start();
  const [one, two] = await Promise.all([open(), open()]);
  await one.createStream('orders');
  for (const event of ['1', '2', '3']) await one.writeEvent('orders', event);
  const taken = await one.processEvents('orders', { leaseSeconds: 60, limit: 2 });
  expect([bodies(taken.events), taken.lease]).toEqual([
    ['1', '2'],
    { id: expect.any(String), expiresAt: expect.stringMatching(/Z$/) },
  ]);
  expect(bodies((await two.processEvents('orders', { leaseSeconds: 60 })).events)).toEqual(['3']);
  expect(await two.processEvents('orders', { leaseSeconds: 60 })).toEqual({ events: [], lease: undefined });
  const [first] = taken.events;
  const leaseId = taken.lease?.id ?? '';
  expect(await failureOf(one.markEvent(first?.id ?? '', 1, { leaseId: 'another' }))).toMatchObject({ answered: true });
  await one.markEvent(first?.id ?? '', 1, { leaseId });
});

test('pipelines many requests and shows what was written before', async () => {
  await start();
  const client = await open();
  await client.createStream('many');
  const count = 20_000;
  const written = Array.from({ length: count }, (_, index) => client.writeEvent('many', `{"n":${index}}`));
  const listed = client.getStreamEvents('many');
  await Promise.all(written);
  expect(bodies(await listed)).toEqual(Array.from({ length: count }, (_, index) => `{"n":${index}}`));
});

test('tells wrong credentials from none that are needed', async () => {
  await start();
  const stranger = await open({ credentials: { clientId: 'processor', clientSecret: 'guess' } });
  expect(await failureOf(stranger.createStream('s'))).toMatchObject({
    operation: 'create_stream',
    reason: 'unauthorized to make request',
    answered: true,
  });
  await stranger.health();
  await stranger.exit();
});

test('speaks TLS', async () => {
  await start({
    WAYBILL_TCP_TLS: 'on',
    WAYBILL_TLS_CERT_FILE: `${TLS_FILES}/server.pem`,
    WAYBILL_TLS_KEY_FILE: `${TLS_FILES}/server.key`,
  });
  const client = await open({ tls: { ca: readFileSync(`${TLS_FILES}/ca.pem`), serverName: 'localhost' } });
  await client.createStream('s');
  const distrustful = EventBusClient.connect({ address, tls: { ca: readFileSync(`${TLS_FILES}/other-ca.pem`) } });
  expect(await failureOf(distrustful)).toMatchObject({ operation: 'connect', answered: false });
});
