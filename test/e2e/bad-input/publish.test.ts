import { status } from '@grpc/grpc-js';
import type { PublishBatchResponse__Output } from '../../../src/grpc/generated/waybill/v1/PublishBatchResponse.js';
import type { PublishRequest } from '../../../src/grpc/generated/waybill/v1/PublishRequest.js';
import type { PublishStreamResponse__Output } from '../../../src/grpc/generated/waybill/v1/PublishStreamResponse.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { identity, unary } from '../../support/grpc-client.js';
import {
  BEYOND_2_53,
  BROKER,
  encode,
  HardenedServer,
  MIB,
  type Refusal,
  refusalIn,
  UINT64_MAX,
} from '../../support/hardened-server.js';

let server: HardenedServer;

beforeAll(async () => {
  server = await HardenedServer.start();
});

afterEach(() => server.expectUnharmed());

afterAll(() => server.stop());

/** The ways to publish one message of `waybill.v1`, and how each tells that it is refused. */
const PUBLISH_WAYS = {
  Publish: async (message: PublishRequest): Promise<Refusal> => {
    return server.refusal(`${BROKER}/Publish`, encode('waybill.v1.PublishRequest', message));
  },
  PublishBatch: async (message: PublishRequest): Promise<Refusal> => {
    const bytes = encode('waybill.v1.PublishBatchRequest', { messages: [message] });
    const codec = new ProtoCodec<object, PublishBatchResponse__Output>('waybill.v1.PublishBatchResponse');
    const { results } = codec.decode(await unary(server.client, `${BROKER}/PublishBatch`, bytes));
    expect(results).toHaveLength(1);
    return refusalIn(results[0]?.failure);
  },
  PublishStream: async (message: PublishRequest): Promise<Refusal> => {
    const call = server.client.makeBidiStreamRequest(`${BROKER}/PublishStream`, identity, identity);
    call.end(encode('waybill.v1.PublishStreamRequest', { sequence: 1, messages: [message] }));
    const codec = new ProtoCodec<object, PublishStreamResponse__Output>('waybill.v1.PublishStreamResponse');
    const acks: PublishStreamResponse__Output[] = [];
    for await (const bytes of call) acks.push(codec.decode(bytes as Buffer));
    expect(acks.map(({ ack }) => ack?.ids)).toEqual([undefined, ['0']]);
    return refusalIn(acks[1]?.ack?.failures[0]?.status);
  },
} as const;

describe.each(Object.entries(PUBLISH_WAYS))('%s refuses', (_method, refusalOf) => {
  it.each([
    ['an empty subject', { subject: '' }, 'SUBJECT_INVALID'],
    ['a subject of 257 bytes', { subject: 'x'.repeat(257) }, 'SUBJECT_INVALID'],
    ['a subject of 129 characters in 258 bytes', { subject: 'é'.repeat(129) }, 'SUBJECT_INVALID'],
    ['a reserved subject', { subject: '$internal' }, 'SUBJECT_INVALID'],
    ['a pattern of one token', { subject: 'orders.*' }, 'SUBJECT_INVALID'],
    ['a pattern of many tokens', { subject: 'orders.>' }, 'SUBJECT_INVALID'],
    ['a body over the limit', { body: Buffer.alloc(MIB + 1) }, 'MESSAGE_TOO_LARGE'],
    ['body and headers together over the limit', { body: Buffer.alloc(MIB), headers: { a: '' } }, 'MESSAGE_TOO_LARGE'],
    ['too many headers', { headers: manyHeaders(65) }, 'HEADERS_INVALID'],
    ['headers that are too long', { headers: { a: 'x'.repeat(16 * 1024) } }, 'HEADERS_INVALID'],
    ['a header without a name', { headers: { '': 'x' } }, 'HEADERS_INVALID'],
    ['a negative time to live', { ttl: { seconds: -1 } }, 'TTL_OUT_OF_RANGE'],
    ['a time to live that is negative by a nanosecond', { ttl: { nanos: -1 } }, 'TTL_OUT_OF_RANGE'],
    ['a time to live of mixed signs', { ttl: { seconds: 1, nanos: -1 } }, 'TTL_OUT_OF_RANGE'],
    ['a time to live above the maximum', { ttl: { seconds: 3650 * 86_400, nanos: 1000 } }, 'TTL_OUT_OF_RANGE'],
    ['the longest time to live that can be said', { ttl: { seconds: '9223372036854775807' } }, 'TTL_OUT_OF_RANGE'],
    ['the most negative time to live', { ttl: { seconds: '-9223372036854775808' } }, 'TTL_OUT_OF_RANGE'],
    ['an idempotency key of 129 bytes', { idempotencyKey: 'k'.repeat(129) }, 'IDEMPOTENCY_KEY_INVALID'],
    ['an expected id that is not the last', { expectedLastId: 5 }, 'EXPECTED_ID_MISMATCH'],
    ['an expected id beyond 2^53', { expectedLastId: BEYOND_2_53 }, 'EXPECTED_ID_MISMATCH'],
    ['a fence without a lock', { fence: { lock: '', token: 1 } }, 'ARGUMENT_INVALID'],
    ['a fencing token beyond 2^53', { fence: { lock: 'l', token: UINT64_MAX } }, 'ARGUMENT_INVALID'],
  ])('%s', async (_what, request, reason) => {
    const code = reason === 'EXPECTED_ID_MISMATCH' ? status.ABORTED : status.INVALID_ARGUMENT;
    expect(await refusalOf({ subject: 'orders', ...request })).toEqual({ code, reason });
  });
});

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name ${index}`, 'value']));
}

describe('publishing', () => {
  it('refuses a request above what the transport takes', async () => {
    const bytes = encode('waybill.v1.PublishRequest', { subject: 'orders', body: Buffer.alloc(5 * MIB) });
    expect(await server.refusal(`${BROKER}/Publish`, bytes)).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
  });

  it('refuses a batch of more than 4,096 messages as a whole', async () => {
    const messages = Array.from({ length: 4097 }, () => ({ subject: 'orders' }));
    const bytes = encode('waybill.v1.PublishBatchRequest', { messages });
    expect(await server.refusal(`${BROKER}/PublishBatch`, bytes)).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'BATCH_TOO_LARGE',
    });
  });

  it('refuses every message of a frame of more than 4,096', async () => {
    const stream = server.waybill.publishStream();
    const { ids, failures } = await stream.send(Array.from({ length: 4097 }, () => ({ subject: 'orders', body: '' })));
    await stream.close();
    expect(new Set(ids)).toEqual(new Set([0]));
    expect(new Set(failures.map(({ error }) => error.reason))).toEqual(new Set(['BATCH_TOO_LARGE']));
    expect(failures).toHaveLength(4097);
  });

  it('takes what is exactly at the limits', async () => {
    const bodyBytes = MIB - 64 * 9;
    const headers = Array.from({ length: 64 }, (_, index) => [String(100 + index), 'values'] as const);
    const subject = 'x'.repeat(256);
    const longest = { body: Buffer.alloc(bodyBytes), headers, ttlMs: 3650 * 86_400_000 };
    expect((await server.waybill.publish({ subject, ...longest, idempotencyKey: 'k'.repeat(128) })).id).toBe(1);
    expect((await server.waybill.fetch(subject, 1)).body).toHaveLength(bodyBytes);
    server.stored.set(subject, 1);
  });
});
