import { type Client, status } from '@grpc/grpc-js';
import type { CreateStreamResponse__Output } from '../../../src/grpc/generated/waybill/v1/CreateStreamResponse.js';
import type { Event__Output } from '../../../src/grpc/generated/waybill/v1/Event.js';
import type { ListEventsResponse__Output } from '../../../src/grpc/generated/waybill/v1/ListEventsResponse.js';
import type { ListStreamsResponse__Output } from '../../../src/grpc/generated/waybill/v1/ListStreamsResponse.js';
import type { ProcessEventsResponse__Output } from '../../../src/grpc/generated/waybill/v1/ProcessEventsResponse.js';
import type { Stream__Output } from '../../../src/grpc/generated/waybill/v1/Stream.js';
import type { WriteEventResponse__Output } from '../../../src/grpc/generated/waybill/v1/WriteEventResponse.js';
import { STREAM_SERVICE } from '../../../src/grpc/stream-service.js';
import { callTyped, createClient, failureOf, unary } from '../../support/grpc-client.js';
import { StreamServer } from '../../support/stream-server.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Where the clock of a test begins, in seconds. */
const START = Date.UTC(2026, 0, 1) / 1000;
const KIB = 1024;
const MIB = 1024 * KIB;

const METHODS = [
  'CreateStream',
  'DeleteStream',
  'GetStream',
  'ListStreams',
  'WriteEvent',
  'ListEvents',
  'ProcessEvents',
  'RetryEvents',
  'MarkEvent',
  'ExtendLease',
  'ReleaseLease',
] as const;
type Method = (typeof METHODS)[number];

const invalid = (reason: string) => ({ code: status.INVALID_ARGUMENT, reason });
const notFound = (reason: string) => ({ code: status.NOT_FOUND, reason });
const LEASE_LOST = { code: status.FAILED_PRECONDITION, reason: 'LEASE_LOST' };

describe.each(['memory', 'embedded'] as const)('StreamService on %s', (storage) => {
  let server: StreamServer;
  let client: Client;

  beforeEach(async () => {
    server = await StreamServer.start(storage);
    client = createClient(server.address);
  });

  afterEach(async () => {
    client.close();
    await server.stop();
  });

  function call<Response extends object>(method: Method, request: object): Promise<Response> {
    const types = { request: `waybill.v1.${method}Request`, response: `waybill.v1.${method}Response` };
    return callTyped(client, `/${STREAM_SERVICE}/${method}`, types, request);
  }

  async function create(streamName: string, more: object = {}): Promise<Stream__Output> {
    const { stream } = await call<CreateStreamResponse__Output>('CreateStream', { streamName, ...more });
    return stream as Stream__Output;
  }

  async function write(streamName: string, ...bodies: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const body of bodies) {
      const { eventId } = await call<WriteEventResponse__Output>('WriteEvent', { streamName, body: Buffer.from(body) });
      ids.push(eventId);
    }
    return ids;
  }

  const list = (request: object) =>
    call<ListEventsResponse__Output>('ListEvents', { streamName: 'orders', ...request });
  const process = (request: object = {}) =>
    call<ProcessEventsResponse__Output>('ProcessEvents', { streamName: 'orders', ...request });
  const retry = (request: object = {}) =>
    call<ProcessEventsResponse__Output>('RetryEvents', { streamName: 'orders', ...request });
  const mark = (eventId: string | undefined, to: string, leaseId = '') =>
    call('MarkEvent', { eventId, status: `EVENT_STATUS_${to}`, leaseId });

  function bodies({ events }: { readonly events: readonly Event__Output[] }): string[] {
    return events.map(({ body }) => body.toString());
  }

  describe('streams', () => {
    it('creates a stream and describes it', async () => {
      const stream = await create('orders.eu > 50%');
      expect(stream).toEqual({
        id: expect.stringMatching(UUID),
        name: 'orders.eu > 50%',
        createTime: { seconds: String(START), nanos: 0 },
        eventTtl: { seconds: String(30 * 86_400), nanos: 0 },
        subject: '$streams.orders.eu %3E 50%25',
      });
      expect(await call('GetStream', { streamName: 'orders.eu > 50%' })).toEqual({ stream });
    });

    it('takes the life of events that is asked for, for ever when it is zero', async () => {
      const short = await create('short', { eventTtl: { seconds: 1, nanos: 500_000_001 } });
      expect(short.eventTtl).toEqual({ seconds: '1', nanos: 500_001_000 });
      expect((await create('kept', { eventTtl: {} })).eventTtl).toBeNull();
      await write('short', '1');
      await write('kept', '1');
      server.clock.advance(40 * 86_400_000);
      expect((await list({ streamName: 'short' })).events).toEqual([]);
      expect(bodies(await list({ streamName: 'kept' }))).toEqual(['1']);
    });

    it.each([{ seconds: -1 }, { nanos: -1000 }, { nanos: 1_000_000_000 }, { seconds: '9223372036854775807' }])(
      'refuses a life of %j',
      async (eventTtl) => {
        expect(await failureOf(create('orders', { eventTtl }))).toMatchObject(invalid('TTL_OUT_OF_RANGE'));
        expect(await failureOf(call('GetStream', { streamName: 'orders' }))).toMatchObject(
          notFound('STREAM_NOT_FOUND'),
        );
      },
    );

    it('creates one of two with the same name', async () => {
      const outcomes = await Promise.allSettled([create('orders'), create('orders')]);
      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await failureOf(create('orders'))).toMatchObject({
        code: status.ALREADY_EXISTS,
        reason: 'STREAM_EXISTS',
        details: "stream: 'orders' already exists",
      });
    });

    it.each([
      ['no name', ''],
      ['a name with a line break', 'a\nb'],
      ['a name with a control character', '\u007f'],
      ['a name of 2,049 bytes', 'x'.repeat(2049)],
    ])('refuses %s', async (_what, streamName) => {
      expect(await failureOf(create(streamName))).toMatchObject(invalid('STREAM_NAME_INVALID'));
    });

    it('deletes a stream with its events, and makes another one of the same name', async () => {
      const first = await create('orders');
      const [id] = await write('orders', '1', '2');
      await call('DeleteStream', { streamName: 'orders' });
      expect(await failureOf(call('GetStream', { streamName: 'orders' }))).toMatchObject(notFound('STREAM_NOT_FOUND'));
      expect(await failureOf(mark(id, 'PROCESSED'))).toMatchObject(notFound('EVENT_NOT_FOUND'));
      expect((await create('orders')).id).not.toBe(first.id);
      expect(await list({})).toEqual({ events: [], nextPageToken: '' });
    });

    it('lists streams by the bytes of their names, page by page', async () => {
      for (const name of ['b', 'a.2', 'Ä', 'a.1', 'a.']) await create(name);
      const listStreams = (request: object) => call<ListStreamsResponse__Output>('ListStreams', request);
      const names = async (request: object) => (await listStreams(request)).streams.map(({ name }) => name);
      expect(await names({})).toEqual(['a.', 'a.1', 'a.2', 'b', 'Ä']);
      const first = await listStreams({ pageSize: 2 });
      expect(await names({ pageSize: 3, pageToken: first.nextPageToken })).toEqual(['a.2', 'b', 'Ä']);
      expect(await names({ prefix: 'a.' })).toEqual(['a.', 'a.1', 'a.2']);
      expect((await listStreams({ prefix: 'a.' })).nextPageToken).toBe('');
      expect(await failureOf(listStreams({ pageSize: 1001 }))).toMatchObject(invalid('ARGUMENT_INVALID'));
      expect(await failureOf(listStreams({ pageToken: '?' }))).toMatchObject(invalid('CURSOR_MALFORMED'));
      const ofAnother = { prefix: 'b', pageToken: first.nextPageToken };
      expect(await failureOf(listStreams(ofAnother))).toMatchObject(invalid('CURSOR_MALFORMED'));
    });
  });

  describe('events', () => {
    it('keeps events byte for byte, in the order of their creation, as messages of the subject of the stream', async () => {
      const { id: streamId, subject } = await create('orders');
      const written = [
        '{"b":1,"a":123456789012345678901234567890.10,"b":2}',
        ' [1,\n2]\t',
        '"\\u003c<\u2028\\/"',
        'null',
        '{"__proto__":0}',
      ];
      const ids: string[] = [];
      for (const body of written) {
        server.clock.advance(1000);
        ids.push(...(await write('orders', body)));
      }
      const { events } = await list({});
      expect(bodies({ events })).toEqual(written);
      expect(events[1]).toEqual({
        id: ids[1],
        streamId,
        status: 'EVENT_STATUS_UNPROCESSED',
        createTime: { seconds: String(START + 2), nanos: 0 },
        body: Buffer.from(written[1] as string),
        messageId: '2',
      });
      expect((await server.broker.fetch(subject, 1)).body.toString()).toBe(written[0]);
    });

    it('answers where an event went', async () => {
      await create('orders');
      expect(await call('WriteEvent', { streamName: 'orders', body: Buffer.from('1') })).toEqual({
        eventId: expect.stringMatching(UUID),
        createTime: { seconds: String(START), nanos: 0 },
        messageId: '1',
      });
    });

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['a word', Buffer.from('hello')],
      ['two values', Buffer.from('1 2')],
      ['half a value', Buffer.from('{"a":')],
      ['a byte order mark', Buffer.from('\ufeff1')],
      ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
      ['an overlong encoding', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
      ['what is nested deeper than others can read', Buffer.from('['.repeat(9901) + ']'.repeat(9901))],
    ])('refuses %s as an event', async (_what, body) => {
      await create('orders');
      expect(await failureOf(call('WriteEvent', { streamName: 'orders', body }))).toMatchObject(
        invalid('EVENT_INVALID'),
      );
      expect((await list({})).events).toEqual([]);
    });

    it('takes the largest event and refuses a larger one', async () => {
      await create('orders');
      await write('orders', `"${'x'.repeat(MIB - 2)}"`);
      expect(await failureOf(write('orders', `"${'x'.repeat(MIB - 1)}"`))).toMatchObject({
        ...invalid('MESSAGE_TOO_LARGE'),
        fields: { limit: String(MIB), actual: String(MIB + 1) },
      });
    });

    it('pages up to the last event that was there when the walk began', async () => {
      await create('orders');
      await write('orders', '1', '2', '3', '4', '5');
      const first = await list({ pageSize: 2 });
      await write('orders', '6');
      const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
      const third = await list({ pageToken: second.nextPageToken });
      expect([first, second, third].map(bodies)).toEqual([['1', '2'], ['3', '4'], ['5']]);
      expect(third.nextPageToken).toBe('');
    });

    it('ends a page before it holds more than 1 MiB', async () => {
      await create('orders');
      const event = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
      await write('orders', event(300 * KIB), event(300 * KIB), event(MIB), event(300 * KIB));
      const sizes: number[][] = [];
      let pageToken = '';
      do {
        const page = await list({ pageToken });
        sizes.push(page.events.map(({ body }) => body.length));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(sizes).toEqual([[300 * KIB, 300 * KIB], [MIB], [300 * KIB]]);
    });

    it('leases no more than it can answer with', async () => {
      await create('orders');
      for (let count = 0; count < 5; count++) await write('orders', `"${'x'.repeat(MIB - 2)}"`);
      for (let count = 0; count < 5; count++) {
        expect((await process({ leaseDuration: { seconds: 60 } })).events).toHaveLength(1);
      }
    });

    it('begins after an event', async () => {
      await create('orders');
      const ids = await write('orders', '1', '2', '3');
      expect(bodies(await list({ afterEventId: ids[1] }))).toEqual(['3']);
      expect(bodies(await process({ afterEventId: ids[0] }))).toEqual(['2', '3']);
      expect((await list({ afterEventId: ids[2] })).events).toEqual([]);
    });

    it('takes page tokens back only for the events that they are of', async () => {
      await create('orders');
      await create('others');
      for (const stream of ['orders', 'others']) await write(stream, '1', '2', '3');
      const { nextPageToken: pageToken } = await list({ pageSize: 1 });
      const damaged = pageToken.replace(/^.{12}/, 'AQACAAAAAAAA');
      expect(damaged).not.toBe(pageToken);
      for (const failing of [
        list({ streamName: 'others', pageToken }),
        process({ pageToken }),
        retry({ pageToken }),
        list({ pageToken: damaged }),
        list({ pageToken: `${pageToken}=` }),
        list({ pageToken: pageToken.slice(0, -2) }),
        list({ pageToken: '1' }),
      ]) {
        expect(await failureOf(failing)).toMatchObject(invalid('CURSOR_MALFORMED'));
      }
      await call('DeleteStream', { streamName: 'orders' });
      await create('orders');
      expect(await failureOf(list({ pageToken }))).toMatchObject(invalid('CURSOR_MALFORMED'));
    });

    it('refuses a page that is too large, or begins in two places, or after an event of another stream', async () => {
      await create('orders');
      await create('others');
      const [id] = await write('orders', '1', '2');
      const [other] = await write('others', '1');
      const { nextPageToken: pageToken } = await list({ pageSize: 1 });
      expect(await failureOf(list({ pageSize: 1001 }))).toMatchObject(invalid('ARGUMENT_INVALID'));
      expect(await failureOf(list({ pageToken, afterEventId: id }))).toMatchObject(invalid('ARGUMENT_INVALID'));
      for (const afterEventId of [other, 'x']) {
        expect(await failureOf(list({ afterEventId }))).toMatchObject(notFound('EVENT_NOT_FOUND'));
      }
    });
  });

  describe('marks', () => {
    it('hands out what is unprocessed, and what is to be tried again', async () => {
      await create('orders');
      const ids = await write('orders', '1', '2', '3', '4');
      await mark(ids[0], 'PROCESSED');
      await mark(ids[1], 'RETRY');
      await mark(ids[2], 'RETRY');
      expect(bodies(await process())).toEqual(['4']);
      expect(await process()).toMatchObject({ nextPageToken: '', lease: null });
      const first = await retry({ pageSize: 1 });
      expect(first.events).toMatchObject([{ id: ids[1], status: 'EVENT_STATUS_RETRY' }]);
      expect(bodies(await retry({ pageToken: first.nextPageToken }))).toEqual(['3']);
      await mark(ids[1], 'UNPROCESSED');
      expect(bodies(await process())).toEqual(['2', '4']);
      expect((await list({})).events.map((event) => event.status.replace('EVENT_STATUS_', ''))).toEqual([
        'PROCESSED',
        'UNPROCESSED',
        'RETRY',
        'UNPROCESSED',
      ]);
    });

    it('refuses an unknown event and an unknown status', async () => {
      await create('orders');
      const [id = ''] = await write('orders', '1');
      for (const unknown of ['', 'x', '1b78ca67-d916-4059-a299-1ebf49664eb2']) {
        expect(await failureOf(mark(unknown, 'PROCESSED'))).toMatchObject(notFound('EVENT_NOT_FOUND'));
      }
      expect(await failureOf(mark(id, 'UNSPECIFIED'))).toMatchObject(invalid('ARGUMENT_INVALID'));
      expect(await failureOf(call('MarkEvent', { eventId: id, status: 4 }))).toMatchObject(invalid('ARGUMENT_INVALID'));
    });
  });

  describe('leases', () => {
    const MINUTE = { seconds: 60 };

    beforeEach(async () => {
      await create('orders');
      await write('orders', '1', '2', '3', '4', '5');
    });

    it('hands an event to one processor only, until it is marked or the lease is over', async () => {
      const one = await process({ leaseDuration: MINUTE, pageSize: 2 });
      expect(bodies(one)).toEqual(['1', '2']);
      expect(one).toMatchObject({
        nextPageToken: '',
        lease: { id: expect.stringMatching(UUID), expireTime: { seconds: String(START + 60), nanos: 0 } },
      });
      const two = await process({ leaseDuration: MINUTE });
      expect(bodies(two)).toEqual(['3', '4', '5']);
      expect(await process({ leaseDuration: MINUTE })).toEqual({ events: [], nextPageToken: '', lease: null });
      expect(bodies(await process())).toEqual(['1', '2', '3', '4', '5']);
      await mark(one.events[0]?.id, 'PROCESSED', one.lease?.id);
      server.clock.advance(60_000);
      expect(bodies(await process({ leaseDuration: MINUTE }))).toEqual(['2', '3', '4', '5']);
    });

    it('leases what is to be tried again, after an event', async () => {
      const { events } = await list({});
      for (const { id } of events) await mark(id, 'RETRY');
      expect(bodies(await retry({ leaseDuration: MINUTE, afterEventId: events[2]?.id }))).toEqual(['4', '5']);
      expect(bodies(await retry({ leaseDuration: MINUTE }))).toEqual(['1', '2', '3']);
    });

    it('lets a lease last longer', async () => {
      const { lease } = await process({ leaseDuration: MINUTE });
      server.clock.advance(59_000);
      const extend = () => call('ExtendLease', { streamName: 'orders', leaseId: lease?.id, duration: MINUTE });
      expect(await extend()).toEqual({
        lease: { id: lease?.id, expireTime: { seconds: String(START + 119), nanos: 0 } },
      });
      server.clock.advance(59_000);
      expect((await process({ leaseDuration: MINUTE })).events).toEqual([]);
      server.clock.advance(1000);
      expect(await failureOf(extend())).toMatchObject(LEASE_LOST);
    });

    it('takes a lease back, also when it is over', async () => {
      const { lease, events } = await process({ leaseDuration: MINUTE });
      const release = (leaseId: string | undefined) => call('ReleaseLease', { streamName: 'orders', leaseId });
      await mark(events[0]?.id, 'PROCESSED');
      await release(lease?.id);
      expect(bodies(await process({ leaseDuration: MINUTE }))).toEqual(['2', '3', '4', '5']);
      for (const over of [lease?.id, '', 'x'.repeat(3000)]) expect(await release(over)).toEqual({});
    });

    it('marks under a lease only while that lasts', async () => {
      const { lease, events } = await process({ leaseDuration: { seconds: 1 } });
      const lost = [
        mark(events[0]?.id, 'PROCESSED', '1b78ca67-d916-4059-a299-1ebf49664eb2'),
        mark(events[0]?.id, 'PROCESSED', 'x'.repeat(3000)),
      ];
      for (const failing of lost) expect(await failureOf(failing)).toMatchObject(LEASE_LOST);
      server.clock.advance(1000);
      expect(await failureOf(mark(events[0]?.id, 'PROCESSED', lease?.id))).toMatchObject(LEASE_LOST);
      expect((await process()).events).toHaveLength(5);
    });

    it.each([
      { leaseDuration: { nanos: 999_000_000 } },
      { leaseDuration: { seconds: 86_400, nanos: 1000 } },
      { leaseDuration: { seconds: -5 } },
      { leaseDuration: MINUTE, pageSize: 1001 },
      { leaseDuration: MINUTE, pageToken: 'x' },
    ])('refuses a lease with %j', async (request) => {
      expect(await failureOf(process(request))).toMatchObject(invalid('ARGUMENT_INVALID'));
      expect(await failureOf(retry(request))).toMatchObject(invalid('ARGUMENT_INVALID'));
    });

    it.each([undefined, {}, { seconds: 86_401 }])('refuses to extend a lease by %j', async (duration) => {
      const { lease } = await process({ leaseDuration: MINUTE });
      const extend = call('ExtendLease', { streamName: 'orders', leaseId: lease?.id, duration });
      expect(await failureOf(extend)).toMatchObject(invalid('ARGUMENT_INVALID'));
    });
  });

  it.each(METHODS.filter((method) => !['CreateStream', 'ListStreams', 'MarkEvent'].includes(method)))(
    'answers %s of a stream that is not there with NOT_FOUND',
    async (method) => {
      const request = { body: Buffer.from('1'), duration: { seconds: 1 }, streamName: 'none' };
      expect(await failureOf(call(method, request))).toMatchObject({
        ...notFound('STREAM_NOT_FOUND'),
        details: "stream 'none' not found",
      });
    },
  );

  it('answers names and ids that are as long as a request may be', async () => {
    await create('orders');
    for (const long of ['x'.repeat(1_000_000), '日'.repeat(300_000)]) {
      expect(await failureOf(call('GetStream', { streamName: long }))).toMatchObject(notFound('STREAM_NOT_FOUND'));
      expect(await failureOf(write(long, '1'))).toMatchObject(notFound('STREAM_NOT_FOUND'));
      expect(await failureOf(list({ afterEventId: long }))).toMatchObject(notFound('EVENT_NOT_FOUND'));
      expect(await failureOf(mark(long, 'RETRY'))).toMatchObject(notFound('EVENT_NOT_FOUND'));
      const extend = call('ExtendLease', { streamName: 'orders', leaseId: long, duration: { seconds: 1 } });
      expect(await failureOf(extend)).toMatchObject(LEASE_LOST);
      expect(await call('ListStreams', { prefix: long })).toEqual({ streams: [], nextPageToken: '' });
    }
  });

  it.each(METHODS)('answers %s that is no message with INVALID_ARGUMENT', async (method) => {
    for (const bytes of [[0xff], [0x0a, 12, 0x6f], [0x0a, 2, 0xc3, 0x28], [0x0b, 0x0c]]) {
      const failing = unary(client, `/${STREAM_SERVICE}/${method}`, Buffer.from(bytes));
      expect(await failureOf(failing)).toMatchObject(invalid('REQUEST_MALFORMED'));
    }
  });
});
