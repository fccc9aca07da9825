import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type App, createApp } from '../../src/app.js';
import type { ClientRates } from '../../src/auth/client-rates.js';
import { connect, type WaybillClient, WaybillError } from '../../src/client/index.js';
import { loadConfig } from '../../src/config/load.js';
import { createClient, identity, seenError } from '../support/grpc-client.js';
import { encode } from '../support/hardened-server.js';
import { ManualClock } from '../support/manual-clock.js';
import { RawBus } from '../support/raw-bus.js';

const RELOAD_MS = 100;

let folder: string;
let clock: ManualClock;
let app: App;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-rates-'));
  clock = new ManualClock();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await app.stop();
  rmSync(folder, { recursive: true });
});

/** Clients `a`, `b` and `c`, all of them with the secret `secret`. */
function writeClients(limits: Readonly<Record<string, ClientRates>> = {}): string {
  const file = join(folder, 'clients.yaml');
  const clients = ['a', 'b', 'c'].map((id) => ({ id, secret: 'secret', limits: limits[id] }));
  writeFileSync(file, JSON.stringify({ clients }));
  return file;
}

async function start(flags: Readonly<Record<string, string>>): Promise<void> {
  const config = loadConfig({
    environment: {},
    flags: {
      'grpc.address': '127.0.0.1:0',
      'admin.address': '127.0.0.1:0',
      'tcp.address': '127.0.0.1:0',
      storage: 'memory',
      'log.level': 'silent',
      clientsReloadInterval: `${RELOAD_MS}ms`,
      ...flags,
    },
  });
  app = await createApp(config, { clock });
}

/** Every client has the limits of the flags, unless the file says otherwise. */
function startWithClients(
  flags: Readonly<Record<string, string>>,
  limits?: Readonly<Record<string, ClientRates>>,
): Promise<void> {
  return start({ auth: 'required', clientsFile: writeClients(limits), ...flags });
}

function opened<T extends { close(): unknown }>(one: T): T {
  open.push(one);
  return one;
}

function waybill(clientId?: string): WaybillClient {
  const credentials = clientId === undefined ? {} : { credentials: { clientId, clientSecret: 'secret' } };
  return opened(connect({ address: app.addresses.grpc, ...credentials }));
}

/** The ids of what was stored, and the error that came after. */
async function publishUntilRefused(client: WaybillClient, body = ''): Promise<{ stored: number; error: WaybillError }> {
  for (let stored = 0; stored < 1000; stored++) {
    try {
      await client.publish({ subject: 'orders', body });
    } catch (error) {
      if (error instanceof WaybillError) return { stored, error };
      throw error;
    }
  }
  throw new Error('nothing was refused');
}

const messages = (count: number): { subject: string; body: string }[] =>
  Array.from({ length: count }, (_, index) => ({ subject: 'orders', body: String(index) }));

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://${app.addresses.admin}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1),
  );
}

async function bus(): Promise<RawBus> {
  const connection = await RawBus.open(app.addresses.tcp ?? '');
  opened({ close: () => connection.dispose() });
  return connection;
}

const busRequest = (operation: string, body: object): string =>
  JSON.stringify({ operation, auth: { client_id: 'a', client_secret: 'secret' }, body });

it('refuses a client that publishes more than it may, takes it again when it said so, and lets others publish', async () => {
  await startWithClients({ 'rateLimit.messages': '4' });
  const [a, b] = [waybill('a'), waybill('b')];
  const { stored, error } = await publishUntilRefused(a);
  expect(stored).toBe(4);
  expect(error).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    reason: 'RATE_LIMITED',
    fields: { rate: 'messages', limit: '4' },
    retryAfterMs: 250,
  });
  expect((await publishUntilRefused(b)).stored).toBe(4);
  expect(await metric('waybill_rate_limited_messages_total{rate="messages"}')).toBe(2);

  clock.advance(249);
  await expect(a.publish({ subject: 'orders', body: '' })).rejects.toMatchObject({ retryAfterMs: 1 });
  clock.advance(1);
  expect((await publishUntilRefused(a)).stored).toBe(1);
});

it('limits a client over all its connections, methods and protocols together', async () => {
  await startWithClients({ 'rateLimit.messages': '7' });
  const [one, two] = [waybill('a'), waybill('a')];
  await one.streams.create({ name: 'log' });
  await one.publish({ subject: 'orders', body: '' });
  await two.publishBatch(messages(2));
  const stream = two.publishStream();
  await stream.ready();
  expect((await stream.send(messages(1))).failures).toEqual([]);
  await stream.close();
  await one.streams.write('log', '{}');
  const connection = await bus();
  const write = busRequest('write_event', { stream_name: 'log', event: 1 });
  expect(await connection.ask(write)).toBe('{"operation":"write_event","status":true}');
  await publishCompat('a');

  expect((await publishUntilRefused(one)).stored).toBe(0);
  await expect(publishCompat('a')).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED, reason: 'RATE_LIMITED' });
  await expect(one.streams.write('log', '{}')).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
  expect(JSON.parse(await connection.ask(write))).toEqual({
    operation: 'write_event',
    status: false,
    reason: 'the client publishes more than 7 messages per second; try again in 143 ms',
  });
  clock.advance(143);
  expect(await connection.ask(write)).toBe('{"operation":"write_event","status":true}');
});

it('stores the first messages of a batch, and tells of the others when they would be stored', async () => {
  await startWithClients({ 'rateLimit.messages': '10' });
  const a = waybill('a');
  const results = await a.publishBatch(messages(14));
  expect(results.slice(0, 10).map((result) => 'id' in result && result.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const result of results.slice(10)) expect(result).toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 400 });
  expect(await metric('waybill_rate_limited_messages_total{rate="messages"}')).toBe(4);
  clock.advance(400);
  const again = await a.publishBatch(messages(4));
  expect(again.map((result) => 'id' in result && result.id)).toEqual([11, 12, 13, 14]);
});

it('fails single messages of a publish stream, which goes on', async () => {
  await startWithClients({ 'rateLimit.messages': '10' });
  const stream = waybill('a').publishStream();
  await stream.ready();
  const first = await stream.send(messages(12));
  expect(first.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0]);
  expect(first.failures.map(({ index }) => index)).toEqual([10, 11]);
  for (const { error } of first.failures) expect(error).toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 200 });
  const second = await stream.send(messages(1));
  expect(second.failures).toMatchObject([{ index: 0, error: { retryAfterMs: 100 } }]);
  clock.advance(200);
  expect(await stream.send(messages(2))).toMatchObject({ ids: [11, 12], failures: [] });
  await stream.close();
});

it('limits bytes, and takes a message that is larger than the whole burst once the client has waited', async () => {
  await startWithClients({ 'rateLimit.bytes': '1000' });
  const [a, b] = [waybill('a'), waybill('b')];
  const { stored, error } = await publishUntilRefused(a, 'x'.repeat(300));
  expect(stored).toBe(3);
  expect(error).toMatchObject({ fields: { rate: 'bytes', limit: '1000' }, retryAfterMs: 200 });
  const large = { subject: 'orders', body: 'x'.repeat(2500) };
  await expect(a.publish(large)).rejects.toMatchObject({ retryAfterMs: 900 });
  clock.advance(900);
  await a.publish(large);
  await expect(a.publish({ subject: 'orders', body: 'x' })).rejects.toMatchObject({ retryAfterMs: 1501 });
  await b.publish(large);
  expect(await metric('waybill_rate_limited_messages_total{rate="bytes"}')).toBe(3);
});

it('gives a client its own limits, and changes them while its streams are open', async () => {
  await startWithClients({ 'rateLimit.messages': '2' }, { a: { messagesPerSecond: 5 }, b: { messagesPerSecond: 0 } });
  const [a, b, c] = [waybill('a'), waybill('b'), waybill('c')];
  expect((await publishUntilRefused(a)).stored).toBe(5);
  expect((await publishUntilRefused(c)).stored).toBe(2);
  const stream = b.publishStream();
  await stream.ready();
  expect((await stream.send(messages(200))).failures).toEqual([]);

  writeClients({ a: { messagesPerSecond: 0 }, b: { messagesPerSecond: 3 } });
  clock.advance(RELOAD_MS);
  // The file is read beside the calls.
  let unlimited = false;
  while (!unlimited) unlimited = (await a.publishBatch(messages(50))).every((result) => 'id' in result);
  expect((await stream.send(messages(200))).failures).toHaveLength(197);
  await stream.close();
});

it('takes the limits of a client from a file where the server sets none', async () => {
  await startWithClients({}, { a: { messagesPerSecond: 3 } });
  const [a, b] = [waybill('a'), waybill('b')];
  expect((await publishUntilRefused(a)).stored).toBe(3);
  expect((await b.publishBatch(messages(1000))).every((result) => 'id' in result)).toBe(true);
});

it('limits those that nobody asks by their address', async () => {
  await start({ 'rateLimit.messages': '3' });
  const [one, two] = [waybill(), waybill()];
  expect((await publishUntilRefused(one)).stored).toBe(3);
  expect((await publishUntilRefused(two)).stored).toBe(0);
});

it('does not limit reading', async () => {
  await startWithClients({ 'rateLimit.messages': '1' });
  const a = waybill('a');
  const { id } = await a.publish({ subject: 'orders', body: '' });
  for (let i = 0; i < 20; i++) expect((await a.fetch('orders', id)).id).toBe(id);
  expect((await publishUntilRefused(a)).stored).toBe(0);
});

/** One message by the contract of the original broker. */
function publishCompat(clientId: string): Promise<Buffer> {
  const client: Client = opened(createClient(app.addresses.grpc));
  const metadata = new Metadata();
  metadata.set('authorization', `Basic ${Buffer.from(`${clientId}:secret`).toString('base64')}`);
  const request = encode('broker.PublishRequest', { subject: 'orders', body: Buffer.from('x'), expirationSeconds: 60 });
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest('/broker.Broker/Publish', identity, identity, request, metadata, (error, answer) => {
      if (error === null && answer !== undefined) resolve(answer);
      else reject(seenError(error as ServiceError));
    });
  });
}
