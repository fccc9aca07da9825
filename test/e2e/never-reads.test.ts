import { once } from 'node:events';
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { connect, type WaybillClient } from '../../src/client/index.js';
import { encodeSubscribeRequest } from '../../src/client/subscribe-request.js';
import { encodePublishFrame } from '../../src/client/wire/publish-encoder.js';
import { BROKER, encode, MIB } from '../support/hardened-server.js';
import { frame, RawGrpc } from '../support/raw-grpc.js';
import { ServerProcess } from '../support/server-process.js';
import { StreamConnection, type RawStream } from '../support/swarm/stream-connection.js';

const SUBSCRIBE = `${BROKER}/Subscribe`;
const COMPAT_SUBSCRIBE = '/broker.Broker/Subscribe';
const FLOOD_BYTES = 200 * MIB;
const BODY_BYTES = 64 * 1024;
/** Far more than a stream may have acknowledgements waiting. */
/**
 * More than a stream may take although nobody reads: its credit of 16,384, what fits into the buffer for answers (about
 * 4,000) and what the client's own window of 64 KiB holds (about 5,000).
 */
const FRAMES = 60_000;
const MAX_GROWTH = 64 * MIB;
const MAX_LEFT_OVER = 16 * MIB;

type Answer = IncomingHttpHeaders & { readonly 'grpc-status'?: string };

let path: string;
let server: ServerProcess;
let address: string;
let adminAddress: string;
let client: WaybillClient;
let measured: number;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'waybill-never-reads-'));
  const preload = join(__dirname, '../support/tell-memory-on-signal.cjs');
  server = ServerProcess.spawn({
    flags: ['--storage', 'embedded', '--embedded-path', path],
    environment: { NODE_OPTIONS: `--require ${preload}` },
  });
  [, address = '', adminAddress = ''] = /grpc (\S+), admin (\S+),/.exec(await server.ready()) ?? [];
  client = connect({ address, ownConnection: true });
  measured = 0;
});

afterEach(async () => {
  client.close();
  await server.dispose();
  await rm(path, { recursive: true });
});

/** Bytes that the server holds, garbage excluded. */
async function heldBytes(): Promise<number> {
  server.kill('SIGUSR2');
  const line = await server.printed(`memory ${++measured}: `);
  return Number(/: (\d+) bytes/.exec(line)?.[1]);
}

/** The sum of a metric over all its labels that match. */
async function metric(name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${adminAddress}/metrics`)).text();
  const samples = text.split('\n').filter((line) => /^\w+/.exec(line)?.[0] === name && line.includes(labels));
  if (samples.length === 0) throw new Error(`no metric ${name} ${labels}`);
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Waits for what follows from events that have been sent already. */
async function untilNobodySubscribes(): Promise<void> {
  while ((await metric('waybill_active_subscribers')) > 0);
}

async function publishFlood(subject: string, bytes: number): Promise<void> {
  const stream = client.publishStream();
  const acknowledged = [];
  for (let sent = 0; sent < bytes; sent += BODY_BYTES) {
    await stream.ready();
    acknowledged.push(stream.send([{ subject, body: Buffer.alloc(BODY_BYTES, 'x') }]));
  }
  for (const { failures } of await Promise.all(acknowledged)) expect(failures).toEqual([]);
  await stream.close();
}

function openMany(raw: RawGrpc, count: number, method: string, request: Buffer): ClientHttp2Stream[] {
  return Array.from({ length: count }, () => {
    const stream = raw.open(method);
    stream.on('error', () => undefined);
    stream.end(frame(request));
    return stream;
  });
}

it('holds a bounded amount of memory for a client that never reads, and nothing once it is gone', async () => {
  await publishFlood('stored', 4 * MIB);
  const before = await heldBytes();
  // Of a stream without a reader Node gives no window back.
  const raw = new RawGrpc(address);
  const streams = [
    ...openMany(raw, 8, SUBSCRIBE, encodeSubscribeRequest({ subjects: ['flood'] })),
    ...openMany(raw, 8, COMPAT_SUBSCRIBE, encode('broker.SubscribeRequest', { subject: 'flood' })),
    ...openMany(raw, 4, SUBSCRIBE, encodeSubscribeRequest({ subjects: ['>'], from: 'earliest' })),
    ...openMany(raw, 4, `${BROKER}/List`, encode('waybill.v1.ListRequest', { subject: 'stored', maxBytes: 3 * MIB })),
  ];
  await Promise.all(streams.map((stream) => once(stream, 'response')));
  expect(await metric('waybill_active_subscribers')).toBe(20);

  await publishFlood('flood', FLOOD_BYTES);
  expect((await heldBytes()) - before).toBeLessThan(MAX_GROWTH);
  expect(await metric('waybill_active_subscribers')).toBe(20);

  raw.breakConnection();
  await untilNobodySubscribes();
  expect((await heldBytes()) - before).toBeLessThan(MAX_LEFT_OVER);
});

it('refuses pages to a connection that has many unread, and gives them again once those are read', async () => {
  await publishFlood('stored', 4 * MIB);
  const before = await heldBytes();
  const raw = new RawGrpc(address);
  const request = encode('waybill.v1.ListRequest', { subject: 'stored', maxBytes: 3 * MIB });
  const asked = 100;
  const lists = openMany(raw, asked, `${BROKER}/List`, request);
  const answers = await Promise.all(lists.map(async (stream) => (await once(stream, 'response')) as [Answer]));
  const refused = answers.filter(([{ 'grpc-status': code }]) => code === String(status.RESOURCE_EXHAUSTED)).length;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(asked);
  expect((await heldBytes()) - before).toBeLessThan(MAX_GROWTH + MAX_LEFT_OVER);
  // Others are not concerned.
  expect((await client.list({ subject: 'stored', maxBytes: 3 * MIB })).messages).not.toEqual([]);

  const ended = Promise.all(lists.filter((stream) => !stream.closed).map((stream) => once(stream, 'close')));
  for (const stream of lists) stream.resume();
  await ended;
  for (let again = 0; again < asked; again++) {
    expect((await raw.call(`${BROKER}/List`, frame(request))).status).toBe(status.OK);
  }
  await raw.close();
});

it('takes no more frames from a publisher that never reads its acknowledgements, until it does', async () => {
  const raw = new RawGrpc(address);
  const before = await heldBytes();
  const stream = raw.open(`${BROKER}/PublishStream`);
  const answered = once(stream, 'response');
  for (let sequence = 1; sequence <= FRAMES; sequence++) {
    stream.write(frame(encodePublishFrame(sequence, [{ subject: 'own', body: 'own' }])));
  }
  stream.end();
  await answered;
  await publishFlood('flood', FLOOD_BYTES / 10);
  const taken = await client.admin.getSubject('own');
  expect(taken.lastId).toBeLessThan(FRAMES);
  expect((await heldBytes()) - before).toBeLessThan(MAX_GROWTH);

  stream.resume();
  await once(stream, 'end');
  expect((await client.admin.getSubject('own')).lastId).toBe(FRAMES);
  await raw.close();
});

it('forgets 2,000 subscriptions that were cancelled or whose connection broke', async () => {
  const before = await heldBytes();
  const requests = [
    [SUBSCRIBE, encodeSubscribeRequest({ subjects: ['a', 'b.*'] })],
    [COMPAT_SUBSCRIBE, encode('broker.SubscribeRequest', { subject: 'a' })],
  ] as const;
  for (let round = 0; round < 20; round++) {
    const connection = await StreamConnection.connect(address);
    const streams: RawStream[] = [];
    await new Promise<void>((resolve) => {
      let answered = 0;
      const listener = { onHeaders: () => ++answered === 50 && resolve(), onMessage: () => {}, onEnd: () => {} };
      for (let i = 0; i < 100; i++) {
        const [method, request] = requests[i % 2]!;
        streams.push(connection.open(method, request, listener));
      }
    });
    // Some have been confirmed by now, some have not.
    if (round % 2 === 0) for (const stream of streams) stream.reset();
    else connection.break();
    await client.publish({ subject: 'a', body: 'to whoever is left' });
    if (round % 2 === 0) connection.break();
  }
  await untilNobodySubscribes();
  expect(await client.admin.getSubject('a')).toMatchObject({ subscribers: 0 });
  for (const service of ['broker.Broker', 'waybill.v1.BrokerService']) {
    const labels = `grpc_service="${service}",grpc_method="Subscribe"`;
    expect(await metric('grpc_server_started_total', labels)).toBe(await metric('grpc_server_handled_total', labels));
  }
  expect((await heldBytes()) - before).toBeLessThan(MAX_LEFT_OVER);
});
