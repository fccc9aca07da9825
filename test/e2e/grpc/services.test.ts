import { once } from 'node:events';
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import type { Broker } from '../../../src/broker/broker.js';
import { DEFAULT_BROKER_LIMITS } from '../../../src/broker/limits.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { ADMIN_SERVICE, adminMethods } from '../../../src/grpc/admin-service.js';
import { COMPAT_SERVICE, CompatService } from '../../../src/grpc/compat-service.js';
import type { FetchRequest as CompatFetchRequest } from '../../../src/grpc/generated/broker/FetchRequest.js';
import type { MessageResponse } from '../../../src/grpc/generated/broker/MessageResponse.js';
import type { PublishRequest } from '../../../src/grpc/generated/broker/PublishRequest.js';
import type { PublishResponse__Output } from '../../../src/grpc/generated/broker/PublishResponse.js';
import type { FetchRequest } from '../../../src/grpc/generated/waybill/v1/FetchRequest.js';
import type { FetchResponse__Output } from '../../../src/grpc/generated/waybill/v1/FetchResponse.js';
import type { GetServerInfoResponse__Output } from '../../../src/grpc/generated/waybill/v1/GetServerInfoResponse.js';
import type { GetSubjectResponse__Output } from '../../../src/grpc/generated/waybill/v1/GetSubjectResponse.js';
import type { ListRequest } from '../../../src/grpc/generated/waybill/v1/ListRequest.js';
import type { ListResponse__Output } from '../../../src/grpc/generated/waybill/v1/ListResponse.js';
import type { ListSubjectsRequest } from '../../../src/grpc/generated/waybill/v1/ListSubjectsRequest.js';
import type { ListSubjectsResponse__Output } from '../../../src/grpc/generated/waybill/v1/ListSubjectsResponse.js';
import type { PurgeSubjectRequest } from '../../../src/grpc/generated/waybill/v1/PurgeSubjectRequest.js';
import type { PurgeSubjectResponse__Output } from '../../../src/grpc/generated/waybill/v1/PurgeSubjectResponse.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { readingMethods } from '../../../src/grpc/reading-methods.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { callTyped, createClient, failureOf, identity, unary } from '../../support/grpc-client.js';
import type { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';

/** Where the clock of a test begins. */
const START_US = Date.UTC(2026, 0, 1) * 1000;

/** The broker under the server, and its clock. */
let memory: MemoryBroker;
let clock: ManualClock;
let broker: Broker;
let server: GrpcServer;
let client: Client;

beforeEach(async () => {
  memory = new MemoryBroker();
  ({ clock, broker } = memory);
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: {
      [COMPAT_SERVICE]: new CompatService({ broker, tracing: undefined, maxBufferedBytes: 65_536 }).methods,
      'waybill.v1.BrokerService': readingMethods(broker),
      [ADMIN_SERVICE]: adminMethods({
        broker,
        storage: memory.storage,
        limits: DEFAULT_BROKER_LIMITS,
        version: '1.2.3',
        startTimeUs: START_US,
        maxStreamsPerConnection: 256,
      }),
    },
    clock,
    logger: NO_LOGGER,
  });
  client = createClient(await server.start());
});

afterEach(async () => {
  client.close();
  await server.stop(1000);
  await memory.close();
});

function compatPublish(request: PublishRequest): Promise<PublishResponse__Output> {
  const types = { request: 'broker.PublishRequest', response: 'broker.PublishResponse' };
  return callTyped(client, '/broker.Broker/Publish', types, request);
}

function compatFetch(request: CompatFetchRequest): Promise<MessageResponse> {
  const types = { request: 'broker.FetchRequest', response: 'broker.MessageResponse' };
  return callTyped(client, '/broker.Broker/Fetch', types, request);
}

async function publish(subject: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) {
    clock.advance(1000);
    await broker.publish({ subject, body: Buffer.from(body), headers: [['kind', body]], ttlUs: 3_600_000_000 });
  }
}

describe('broker.Broker', () => {
  it('gives ids per subject and fetches by them', async () => {
    expect(await compatPublish({ subject: 'a', body: 'one', expirationSeconds: 60 })).toEqual({ id: 1 });
    expect(await compatPublish({ subject: 'a', body: 'two', expirationSeconds: 60 })).toEqual({ id: 2 });
    expect(await compatPublish({ subject: 'b', body: '', expirationSeconds: 60 })).toEqual({ id: 1 });
    expect(await compatFetch({ subject: 'a', id: 2 })).toEqual({ body: Buffer.from('two', 'base64') });
    expect(await compatFetch({ subject: 'b', id: 1 })).toEqual({ body: Buffer.alloc(0) });
  });

  it('takes subjects literally', async () => {
    await compatPublish({ subject: 'a.*', body: 'b25l', expirationSeconds: 60 });
    expect(await failureOf(compatFetch({ subject: 'a.b', id: 1 }))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(await compatFetch({ subject: 'a.*', id: 1 })).toEqual({ body: Buffer.from('one') });
  });

  it('answers INVALID_ARGUMENT to an id that is unknown or has expired', async () => {
    await compatPublish({ subject: 'a', body: 'b25l', expirationSeconds: 10 });
    for (const id of [0, -1, 2]) {
      expect(await failureOf(compatFetch({ subject: 'a', id }))).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: 'MESSAGE_NOT_FOUND',
      });
    }
    clock.advance(10_000);
    expect(await failureOf(compatFetch({ subject: 'a', id: 1 }))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'MESSAGE_EXPIRED',
    });
  });

  it('answers OUT_OF_RANGE to an id beyond int32', async () => {
    // Field 2 as a client with a wider integer sends it: 2^31.
    const request = Buffer.from([0x0a, 1, 0x61, 0x10, 0x80, 0x80, 0x80, 0x80, 0x08]);
    const error = await failureOf(unary(client, '/broker.Broker/Fetch', request));
    expect(error).toMatchObject({ code: status.OUT_OF_RANGE, reason: 'ID_OUT_OF_RANGE' });
  });

  it('delivers a message without expiration to the subscribers of the moment and never stores it', async () => {
    const subject = new ProtoCodec<object, object>('broker.SubscribeRequest').encode({ subject: 'a' });
    const call = client.makeServerStreamRequest('/broker.Broker/Subscribe', identity, identity, subject);
    call.on('error', () => undefined);
    await once(call, 'metadata');
    const delivered = once(call, 'data') as Promise<[Buffer]>;
    expect(await compatPublish({ subject: 'a', body: 'b25l' })).toEqual({ id: 1 });
    expect((await delivered)[0]).toEqual(Buffer.from([0x0a, 3, ...Buffer.from('one')]));
    expect(await failureOf(compatFetch({ subject: 'a', id: 1 }))).toMatchObject({ code: status.INVALID_ARGUMENT });
    call.cancel();
  });

  it.each([-1, -2_147_483_648])('refuses an expiration of %i seconds', async (expirationSeconds) => {
    expect(await failureOf(compatPublish({ subject: 'a', expirationSeconds }))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'TTL_OUT_OF_RANGE',
    });
  });

  it.each([
    ['an empty subject', { subject: '' }, 'SUBJECT_INVALID'],
    ['a subject of 257 bytes', { subject: 'x'.repeat(257) }, 'SUBJECT_INVALID'],
    ['a body over the limit', { subject: 'a', body: Buffer.alloc(1024 * 1024 + 1) }, 'MESSAGE_TOO_LARGE'],
    ['more seconds than the server keeps', { subject: 'a', expirationSeconds: 2_147_483_647 }, 'TTL_OUT_OF_RANGE'],
  ])('refuses %s', async (_what, request, reason) => {
    expect(await failureOf(compatPublish(request))).toMatchObject({ code: status.INVALID_ARGUMENT, reason });
  });

  it.each([
    ['bytes that are not protobuf', [0xff, 0xff, 0xff]],
    // The subject claims 12 bytes and has 2: cut, it would be the subject "or".
    ['a field longer than the message', [0x0a, 12, 0x6f, 0x72]],
    ['text that is not UTF-8', [0x0a, 2, 0xc3, 0x28]],
    ['a group', [0x0a, 1, 0x61, 0x23, 0x24]],
  ])('refuses %s', async (_what, bytes) => {
    for (const method of ['Publish', 'Fetch']) {
      const error = await failureOf(unary(client, `/broker.Broker/${method}`, Buffer.from(bytes)));
      expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'REQUEST_MALFORMED' });
    }
    const call = client.makeServerStreamRequest('/broker.Broker/Subscribe', identity, identity, Buffer.from(bytes));
    const [error] = (await once(call.resume(), 'error')) as [ServiceError];
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });

  it('answers UNAVAILABLE while the broker closes', async () => {
    await broker.close();
    expect(await failureOf(compatPublish({ subject: 'a', expirationSeconds: 60 }))).toMatchObject({
      code: status.UNAVAILABLE,
      reason: 'SHUTTING_DOWN',
    });
  });
});

describe('Fetch and List', () => {
  function fetch(request: FetchRequest): Promise<FetchResponse__Output> {
    const types = { request: 'waybill.v1.FetchRequest', response: 'waybill.v1.FetchResponse' };
    return callTyped(client, '/waybill.v1.BrokerService/Fetch', types, request);
  }

  function list(request: ListRequest): Promise<ListResponse__Output> {
    const types = { request: 'waybill.v1.ListRequest', response: 'waybill.v1.ListResponse' };
    return callTyped(client, '/waybill.v1.BrokerService/List', types, request);
  }

  async function listedIds(request: ListRequest): Promise<string[]> {
    return (await list(request)).messages.map(({ id }) => id);
  }

  it('answers the whole message', async () => {
    await publish('orders', 'one');
    const { message } = await fetch({ subject: 'orders', id: 1 });
    expect(message).toEqual({
      subject: 'orders',
      id: '1',
      body: Buffer.from('one'),
      headers: { kind: 'one' },
      publishTime: { seconds: String(START_US / 1e6 + 1), nanos: 0 },
      expireTime: { seconds: String(START_US / 1e6 + 3601), nanos: 0 },
    });
  });

  it('tells an id that never was from one that is gone', async () => {
    await publish('orders', 'one');
    for (const id of [0, 2, '9007199254740993', '18446744073709551615']) {
      expect(await failureOf(fetch({ subject: 'orders', id }))).toMatchObject({
        code: status.NOT_FOUND,
        reason: 'MESSAGE_NOT_FOUND',
      });
    }
    clock.advance(3_600_000);
    expect(await failureOf(fetch({ subject: 'orders', id: 1 }))).toMatchObject({
      code: status.NOT_FOUND,
      reason: 'MESSAGE_EXPIRED',
    });
  });

  it('lists forwards and backwards, by id, by time and by page', async () => {
    await publish('orders', 'one', 'two', 'three', 'four', 'five');
    expect(await listedIds({ subject: 'orders' })).toEqual(['1', '2', '3', '4', '5']);
    expect(await listedIds({ subject: 'orders', backwards: true, pageSize: 2 })).toEqual(['5', '4']);
    expect(await listedIds({ subject: 'orders', fromId: 3 })).toEqual(['3', '4', '5']);
    const third = { seconds: START_US / 1e6 + 3, nanos: 0 };
    expect(await listedIds({ subject: 'orders', fromTime: third })).toEqual(['3', '4', '5']);
    const first = await list({ subject: 'orders', pageSize: 3 });
    expect(first).toMatchObject({ firstId: '1', lastId: '5' });
    const second = await list({ subject: 'orders', pageSize: 3, pageToken: first.nextPageToken });
    expect(second.messages.map(({ id }) => id)).toEqual(['4', '5']);
    expect(second.nextPageToken).toBe('');
  });

  it.each([
    ['a page that is too large', { pageSize: 1001 }, 'ARGUMENT_INVALID', status.INVALID_ARGUMENT],
    ['too many bytes', { maxBytes: 3 * 1024 * 1024 + 1 }, 'ARGUMENT_INVALID', status.INVALID_ARGUMENT],
    ['a page token of somebody else', { pageToken: 'x' }, 'CURSOR_MALFORMED', status.INVALID_ARGUMENT],
    ['an id beyond 2^53', { fromId: '9007199254740993' }, 'ID_OUT_OF_RANGE', status.OUT_OF_RANGE],
    ['a broken time', { fromTime: { nanos: -1 } }, 'ARGUMENT_INVALID', status.INVALID_ARGUMENT],
    ['a reserved subject', { subject: '$system' }, 'SUBJECT_INVALID', status.INVALID_ARGUMENT],
  ])('refuses %s', async (_what, request, reason, code) => {
    expect(await failureOf(list({ subject: 'orders', ...request }))).toMatchObject({ code, reason });
  });

  it.each([
    ['bytes that are not protobuf', [0xff, 0xff, 0xff]],
    ['a field longer than the message', [0x0a, 12, 0x6f, 0x72]],
    ['a nested field longer than its message', [0x0a, 1, 0x61, 0x1a, 2, 0x08, 0x80]],
    ['text that is not UTF-8', [0x0a, 2, 0xc3, 0x28]],
    ['a subject that is a number', [0x08, 1]],
    ['a group', [0x0a, 1, 0x61, 0x3b, 0x3c]],
  ])('refuses %s', async (_what, bytes) => {
    const error = await failureOf(unary(client, '/waybill.v1.BrokerService/List', Buffer.from(bytes)));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'REQUEST_MALFORMED' });
  });
});

describe('AdminService', () => {
  function call<Request extends object, Response extends object>(method: string, request: Request): Promise<Response> {
    const types = { request: `waybill.v1.${method}Request`, response: `waybill.v1.${method}Response` };
    return callTyped(client, `/${ADMIN_SERVICE}/${method}`, types, request);
  }

  const purge = (request: PurgeSubjectRequest) =>
    call<PurgeSubjectRequest, PurgeSubjectResponse__Output>('PurgeSubject', request);

  it('describes the server', async () => {
    const info = await call<object, GetServerInfoResponse__Output>('GetServerInfo', {});
    expect(info).toMatchObject({
      version: '1.2.3',
      startTime: { seconds: String(START_US / 1e6), nanos: 0 },
      storage: {
        name: 'memory',
        epoch: memory.storage.epoch,
        durability: 'DURABILITY_NONE',
        atomicAcrossSubjects: true,
        shared: false,
        totalOrder: true,
      },
      limits: {
        maxMessageBytes: 1024 * 1024,
        maxSubjectBytes: 256,
        maxStreamsPerConnection: 256,
        idempotencyWindow: { seconds: '120', nanos: 0 },
        defaultTtl: { seconds: String(7 * 86_400), nanos: 0 },
      },
    });
  });

  it('pages through the subjects', async () => {
    for (const subject of ['b', 'a', 'c.1', 'c.2']) await publish(subject, 'one');
    const list = (request: ListSubjectsRequest) =>
      call<ListSubjectsRequest, ListSubjectsResponse__Output>('ListSubjects', request);
    const first = await list({ pageSize: 3 });
    expect(first.subjects.map(({ name }) => name)).toEqual(['a', 'b', 'c.1']);
    const second = await list({ pageSize: 3, pageToken: first.nextPageToken });
    expect(second.subjects.map(({ name }) => name)).toEqual(['c.2']);
    expect((await list({ prefix: 'c.' })).subjects).toHaveLength(2);
    expect(await failureOf(list({ pageToken: '?' }))).toMatchObject({ reason: 'CURSOR_MALFORMED' });
  });

  it('describes a subject', async () => {
    await publish('orders', 'one', 'three');
    const { subject } = await call<object, GetSubjectResponse__Output>('GetSubject', { subject: 'orders' });
    expect(subject).toEqual({
      name: 'orders',
      firstId: '1',
      lastId: '2',
      messages: '2',
      // Bodies of 3 and 5 bytes, each with a header of 4 and again 3 or 5.
      bytes: '24',
      lastPublishTime: { seconds: String(START_US / 1e6 + 2), nanos: 0 },
      subscribers: 0,
    });
    expect(await failureOf(call('GetSubject', { subject: 'other' }))).toMatchObject({
      code: status.NOT_FOUND,
      reason: 'SUBJECT_NOT_FOUND',
    });
  });

  it('counts what a purge would remove, and removes it when told to', async () => {
    await publish('orders', 'one', 'two', 'three', 'four');
    expect(await purge({ subject: 'orders', beforeId: 3 })).toMatchObject({
      messages: '2',
      firstId: '3',
      executed: false,
    });
    expect(await purge({ subject: 'orders', beforeId: 0, execute: true })).toMatchObject({ messages: '0' });
    const third = { seconds: START_US / 1e6 + 3, nanos: 0 };
    expect(await purge({ subject: 'orders', beforeTime: third })).toMatchObject({ messages: '2' });
    expect(await purge({ subject: 'orders', keepLast: 1 })).toMatchObject({ messages: '3' });
    expect(await purge({ subject: 'orders', keepLast: '18446744073709551615' })).toMatchObject({ messages: '0' });
    expect(await purge({ subject: 'orders', execute: true })).toMatchObject({
      messages: '4',
      firstId: '5',
      executed: true,
    });
    expect(await failureOf(purge({ subject: 'other' }))).toMatchObject({ code: status.NOT_FOUND });
    expect(await failureOf(purge({ subject: 'orders', beforeId: '9007199254740993' }))).toMatchObject({
      code: status.OUT_OF_RANGE,
      reason: 'ID_OUT_OF_RANGE',
    });
  });
});
