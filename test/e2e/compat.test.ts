import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import type { BrokerClient } from '../../src/grpc/generated/broker/Broker.js';
import type { MessageResponse__Output } from '../../src/grpc/generated/broker/MessageResponse.js';
import type { ProtoGrpcType } from '../../src/grpc/generated/broker.js';
import { ServerProcess } from '../support/server-process.js';

type Messages = ClientReadableStream<MessageResponse__Output>;

let folder: string;
let server: ServerProcess;
let address: string;
let client: BrokerClient;

async function startServer(grpcAddress: string): Promise<void> {
  const flags = ['--storage', 'embedded', '--embedded-path', folder, '--grpc-address', grpcAddress];
  server = ServerProcess.spawn({ flags });
  [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-compat-'));
  await startServer('127.0.0.1:0');
  // Of the contract's file alone, as its users do.
  const definition = await load(join(__dirname, '../../proto/broker.proto'), { defaults: true });
  const { broker } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;
  client = new broker.Broker(address, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await server.dispose();
  await rm(folder, { recursive: true });
});

async function publish(subject: string, body: string, expirationSeconds = 60): Promise<number> {
  const send = promisify(client.publish.bind(client));
  const response = await send({ subject, body: Buffer.from(body), expirationSeconds });
  return response?.id ?? 0;
}

async function fetch(subject: string, id: number): Promise<string | undefined> {
  const response = await promisify(client.fetch.bind(client))({ subject, id });
  return response?.body.toString();
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const error = await call.then(
    () => undefined,
    (reason: ServiceError) => reason,
  );
  return error === undefined ? undefined : status[error.code];
}

/** A subscription that stands: its headers have come. */
async function subscribe(subject: string): Promise<Messages> {
  const messages = client.subscribe({ subject });
  await once(messages, 'metadata');
  messages.pause();
  return messages;
}

/** The next messages; ends the subscription. */
async function take(messages: Messages, count: number): Promise<string[]> {
  const bodies: string[] = [];
  for await (const { body } of messages) {
    bodies.push((body as Buffer).toString());
    if (bodies.length === count) break;
  }
  return bodies;
}

/** The code that a subscription ends with. */
async function endOf(messages: Messages): Promise<string | undefined> {
  const [error] = (await once(messages.resume(), 'error')) as [ServiceError];
  return status[error.code];
}

it('numbers the messages of each subject 1, 2, 3 and returns them by their number', async () => {
  expect(await publish('greek', 'alpha')).toBe(1);
  expect(await publish('greek', 'beta')).toBe(2);
  expect(await publish('latin', 'a')).toBe(1);
  expect(await publish('greek', 'gamma')).toBe(3);
  expect(await fetch('greek', 1)).toBe('alpha');
  expect(await fetch('greek', 3)).toBe('gamma');
  expect(await fetch('latin', 1)).toBe('a');
});

it('delivers what expires after 0 seconds to the subscribers of the moment and never returns it', async () => {
  const messages = await subscribe('greek');
  expect(await publish('greek', 'now', 0)).toBe(1);
  expect(await codeOf(fetch('greek', 1))).toBe('INVALID_ARGUMENT');
  expect(await publish('greek', 'kept')).toBe(2);
  expect(await codeOf(fetch('greek', 1))).toBe('INVALID_ARGUMENT');
  expect(await fetch('greek', 2)).toBe('kept');
  expect(await take(messages, 2)).toEqual(['now', 'kept']);
});

it('delivers to a new subscription only what is published later', async () => {
  await publish('greek', 'before');
  const messages = await subscribe('greek');
  await publish('latin', 'elsewhere');
  await publish('greek', 'after');
  expect(await take(messages, 1)).toEqual(['after']);
});

it('delivers every message to every subscriber in the order of publishing', async () => {
  const subscriptions = await Promise.all([subscribe('greek'), subscribe('greek'), subscribe('greek')]);
  const ids = await Promise.all(
    Array.from({ length: 500 }, (_, index) => publish('greek', `body ${index}`, index % 2)),
  );
  // In the order of the ids that they were given.
  const order = ids.map((id, index) => ({ id, body: `body ${index}` })).toSorted((one, other) => one.id - other.id);
  expect(order.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  for (const messages of subscriptions) {
    expect(await take(messages, 500)).toEqual(order.map(({ body }) => body));
  }
});

it.each(['greek.*', 'greek.>', '*', '>'])('takes %s as a subject like any other', async (subject) => {
  const literal = await subscribe(subject);
  const other = await subscribe('greek.alpha');
  await publish('greek.alpha', 'to alpha');
  expect(await publish(subject, 'to the literal subject')).toBe(1);
  expect(await fetch(subject, 1)).toBe('to the literal subject');
  expect(await take(literal, 1)).toEqual(['to the literal subject']);
  await publish('greek.alpha', 'again to alpha');
  expect(await take(other, 2)).toEqual(['to alpha', 'again to alpha']);
});

it('answers INVALID_ARGUMENT to an id that was never given', async () => {
  await publish('greek', 'alpha');
  for (const id of [0, 2, -1, 2_147_483_647, -2_147_483_648]) {
    expect(await codeOf(fetch('greek', id))).toBe('INVALID_ARGUMENT');
  }
  expect(await codeOf(fetch('never used', 1))).toBe('INVALID_ARGUMENT');
});

it('answers INVALID_ARGUMENT once a message has expired, and goes on counting', async () => {
  await publish('greek', 'short', 1);
  await publish('greek', 'long');
  expect(await fetch('greek', 1)).toBe('short');
  // Real seconds of another process: asking is the only way to know that they have passed.
  let code: string | undefined;
  while (code === undefined) code = await codeOf(fetch('greek', 1));
  expect(code).toBe('INVALID_ARGUMENT');
  expect(await fetch('greek', 2)).toBe('long');
  expect(await publish('greek', 'next')).toBe(3);
});

it.each([-1, -2_147_483_648, 2_147_483_647])(
  'answers INVALID_ARGUMENT to an expiration after %i seconds and stores nothing',
  async (expirationSeconds) => {
    expect(await codeOf(publish('greek', 'alpha', expirationSeconds))).toBe('INVALID_ARGUMENT');
    expect(await publish('greek', 'beta')).toBe(1);
  },
);

it('delivers nothing of a publish that it refuses', async () => {
  const messages = await subscribe('greek');
  expect(await codeOf(publish('greek', 'refused', -1))).toBe('INVALID_ARGUMENT');
  expect(await codeOf(publish('', 'refused'))).toBe('INVALID_ARGUMENT');
  await publish('greek', 'accepted');
  expect(await take(messages, 1)).toEqual(['accepted']);
});

it('keeps empty bodies and bytes that are not text', async () => {
  const messages = await subscribe('bytes');
  const bodies = [Buffer.alloc(0), Buffer.from([0, 255, 128, 10]), Buffer.alloc(100_000, 7)];
  const send = promisify(client.publish.bind(client));
  for (const body of bodies) await send({ subject: 'bytes', body, expirationSeconds: 60 });
  const received: Buffer[] = [];
  for await (const { body } of messages) if (received.push(body as Buffer) === bodies.length) break;
  expect(received).toEqual(bodies);
});

it('ends subscriptions with UNAVAILABLE while closing', async () => {
  const subscriptions = await Promise.all([subscribe('greek'), subscribe('latin')]);
  await publish('greek', 'alpha');
  const ends = subscriptions.map(endOf);
  server.kill('SIGTERM');
  expect(await Promise.all(ends)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  expect(await codeOf(publish('greek', 'beta'))).toBe('UNAVAILABLE');
  expect(await codeOf(fetch('greek', 1))).toBe('UNAVAILABLE');
  expect(await server.exited).toEqual({ code: 0, signal: null });
});

it('goes on counting after a kill and a restart', async () => {
  await publish('greek', 'alpha');
  await publish('greek', 'beta', 0);
  const messages = await subscribe('greek');
  const end = endOf(messages);
  server.kill('SIGKILL');
  await server.exited;
  expect(await end).toBe('UNAVAILABLE');
  await startServer(address);
  await promisify(client.waitForReady.bind(client))(Date.now() + 30_000);
  expect(await fetch('greek', 1)).toBe('alpha');
  expect(await publish('greek', 'gamma')).toBe(3);
});
