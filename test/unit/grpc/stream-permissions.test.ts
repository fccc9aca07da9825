import { FULL_ACCESS, type Access, type Verb } from '../../../src/auth/access.js';
import { type AccessRule, parseStreamPattern } from '../../../src/auth/access-rule.js';
import { ClientAccess } from '../../../src/auth/client-access.js';
import { BrokerError } from '../../../src/core/errors.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import type { RpcContext } from '../../../src/grpc/rpc-call.js';
import { STREAM_SERVICE, streamMethods } from '../../../src/grpc/stream-service.js';
import { EventStreams } from '../../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../../src/streams/stream-metrics.js';
import { MemoryBroker } from '../../support/memory-broker.js';

/** A name whose subject is a digest. */
const LONG = `orders.${'x'.repeat(300)}`;

let memory: MemoryBroker;
let streams: EventStreams;

beforeEach(async () => {
  memory = new MemoryBroker();
  streams = new EventStreams({
    storage: memory.storage,
    log: memory.broker,
    clock: memory.clock,
    limits: { maxMessageBytes: 1000, maxTtlUs: 0, eventTtlUs: 0 },
    metrics: NO_STREAM_METRICS,
  });
  for (const name of ['orders.', 'orders.eu', 'orders.us', LONG, 'others']) await streams.create(name);
});

afterEach(() => memory.close());

/** Of a client that may do so much on the streams that match. */
function allowed(verbs: readonly Verb[], ...patterns: string[]): Access {
  const rule: AccessRule = { verbs: new Set(verbs), patterns: patterns.map(parseStreamPattern) };
  return new ClientAccess('somebody', [rule], { actionDenied: () => {} });
}

async function call(
  name: string,
  request: object,
  access: Access,
  deadlineMs?: number,
): Promise<Readonly<Record<string, unknown>>> {
  const method = streamMethods({ streams, maxEventBytes: 1000 })[name];
  if (method?.kind !== 'unary') throw new Error(`${name} is no unary method`);
  const context: RpcContext = {
    method: { path: `/${STREAM_SERVICE}/${name}`, service: STREAM_SERVICE, name, kind: 'unary' },
    peer: 'unknown',
    deadlineMs,
    access,
    header: () => undefined,
  };
  const bytes = new ProtoCodec(`waybill.v1.${name}Request`).encode(request);
  const codec = new ProtoCodec<object, Readonly<Record<string, unknown>>>(`waybill.v1.${name}Response`);
  return codec.decode(await method.handler(bytes, context));
}

async function failureOf(failing: Promise<unknown>): Promise<BrokerError> {
  const error: unknown = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BrokerError) return error;
  throw new Error('there was no BrokerError', { cause: error });
}

const denied = (verb: Verb, subject: string) => ({ reason: 'ACTION_DENIED', fields: { verb, subject } });

describe.each([
  ['CreateStream', 'create_stream', 'orders.new'],
  ['DeleteStream', 'delete_stream', 'orders.eu'],
  ['GetStream', 'get_stream_info', 'orders.eu'],
  ['WriteEvent', 'write_event', 'orders.eu'],
  ['ListEvents', 'get_stream_events', 'orders.eu'],
  ['ProcessEvents', 'process_events', 'orders.eu'],
  ['RetryEvents', 'retry_events', 'orders.eu'],
] as const)('%s', (method, verb, streamName) => {
  const request = { streamName, body: Buffer.from('1') };

  test(`needs ${verb} on the stream`, async () => {
    await call(method, request, allowed([verb], 'orders.*'));
  });

  test('is refused without it, whether the stream exists or not', async () => {
    const others = allowed([verb], 'others', 'orders.eu.>');
    const notThis = allowed(
      (['create_stream', 'mark_event', 'publish'] as const).filter((other) => other !== verb),
      '>',
    );
    for (const name of [streamName, 'none']) {
      for (const access of [others, notThis]) {
        expect(await failureOf(call(method, { ...request, streamName: name }, access))).toMatchObject(
          denied(verb, `$streams.${name}`),
        );
      }
    }
  });
});

describe('MarkEvent', () => {
  const mark = (eventId: string, access: Access) =>
    call('MarkEvent', { eventId, status: 'EVENT_STATUS_PROCESSED' }, access);

  test('needs mark_event on the stream of the event, which it does not name to others', async () => {
    const { id } = await streams.write('orders.eu', Buffer.from('1'));
    await mark(id, allowed(['mark_event'], 'orders.eu'));
    const failure = await failureOf(mark(id, allowed(['mark_event'], 'others')));
    expect(failure).toMatchObject({ reason: 'ACTION_DENIED', fields: { verb: 'mark_event' } });
    expect(JSON.stringify([failure.message, failure.fields])).not.toContain('orders');
  });

  test('does not tell those who may mark nothing whether an event exists', async () => {
    const { id } = await streams.write('orders.eu', Buffer.from('1'));
    const access = allowed(['process_events'], '>');
    const failures = await Promise.all([mark(id, access), mark('none', access)].map(failureOf));
    for (const failure of failures)
      expect(failure).toMatchObject({ reason: 'ACTION_DENIED', fields: { verb: 'mark_event' } });
    expect(failures[0]?.message).toBe(failures[1]?.message);
  });
});

describe.each(['ExtendLease', 'ReleaseLease'])('%s', (method) => {
  async function lease(): Promise<object> {
    await streams.write('orders.eu', Buffer.from('1'));
    const stream = await streams.get('orders.eu');
    const granted = await streams.lease(stream, 0, { limit: 1, durationUs: 1_000_000 });
    return { streamName: 'orders.eu', leaseId: granted.lease?.id, duration: { seconds: 5 } };
  }

  test.each(['process_events', 'retry_events'] as const)('is allowed with %s', async (verb) => {
    await call(method, await lease(), allowed([verb], 'orders.>'));
  });

  test('is refused without', async () => {
    const request = await lease();
    for (const access of [allowed(['mark_event', 'get_stream_events'], '>'), allowed(['process_events'], 'others')]) {
      expect(await failureOf(call(method, request, access))).toMatchObject({ reason: 'ACTION_DENIED' });
    }
  });
});

describe('ListStreams', () => {
  async function names(prefix: string, access: Access): Promise<unknown[]> {
    const { streams: page } = await call('ListStreams', { prefix }, access);
    return ((page ?? []) as { readonly name: string }[]).map(({ name }) => name);
  }

  test('lists what begins with a prefix for those who may list all of that', async () => {
    const all = ['orders.', 'orders.eu', 'orders.us', LONG];
    expect(await names('orders.', FULL_ACCESS)).toEqual(all);
    expect(await names('orders.', allowed(['list_streams'], '>'))).toEqual(all);
    expect(await names('ord', allowed(['list_streams'], 'ord>'))).toEqual(['orders.', 'orders.eu', 'orders.us']);
    expect(await names('orders.e', allowed(['list_streams'], 'orders.>'))).toEqual(['orders.eu']);
  });

  test('leaves out what has the prefix and another kind of subject, unless that is allowed too', async () => {
    expect(await names('orders.', allowed(['list_streams'], 'orders.>'))).toEqual(['orders.eu', 'orders.us']);
    expect(await names('orders.', allowed(['list_streams'], 'orders.>', 'orders.'))).toEqual([
      'orders.',
      'orders.eu',
      'orders.us',
    ]);
  });

  test.each([
    ['', 'orders.>', '$streams.>'],
    ['orders', 'orders.>', '$streams.orders>'],
    ['orders.', 'orders.*', '$streams.orders.>'],
    ['a*', 'a>', undefined],
    ['%', 'x', '$streams.%25>'],
    ['x'.repeat(247), 'x>', '$streams.>'],
    ['x'.repeat(250), 'x>', '$streams.>'],
    [LONG, 'orders.>', '$streams.>'],
  ])('lists %j with %j only as far as that allows', async (prefix, pattern, needed) => {
    const listing = names(prefix, allowed(['list_streams'], pattern));
    if (needed === undefined) expect(await listing).toEqual([]);
    else expect(await failureOf(listing)).toMatchObject(denied('list_streams', needed));
  });

  test('needs list_streams', async () => {
    const listing = names('orders.', allowed(['get_stream_info', 'get_stream_events'], '>'));
    expect(await failureOf(listing)).toMatchObject(denied('list_streams', '$streams.orders.>'));
  });
});

test('writes nothing once the deadline of the call has passed', async () => {
  memory.clock.advance(10);
  const request = { streamName: 'orders.eu', body: Buffer.from('1') };
  expect(await failureOf(call('WriteEvent', request, FULL_ACCESS, 9))).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  expect(await call('WriteEvent', request, FULL_ACCESS, 11)).toMatchObject({ messageId: '1' });
});
