import fc from 'fast-check';
import type { ReceivedMessage } from '../../../../src/client/messages.js';
import { encodeAs } from '../../../../src/client/proto.js';
import { WaybillError } from '../../../../src/client/waybill-error.js';
import {
  decodePublishBatchResponse,
  decodePublishResponse,
  decodePublishStreamResponse,
} from '../../../../src/client/wire/publish-decoder.js';
import { decodeFetchResponse, decodeListResponse } from '../../../../src/client/wire/read-decoder.js';
import { decodeSubscribeResponse } from '../../../../src/client/wire/subscribe-decoder.js';

const anId = fc.oneof(fc.nat(300), fc.maxSafeNat());
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const headerName = text.filter((name) => name !== '__proto__');

/** Subjects come from a few, so that a batch repeats them. */
const received: fc.Arbitrary<ReceivedMessage> = fc.record({
  subject: fc.constantFrom('', 'a', 'b', 'orders.eu', 'orders.us', 'größe'),
  id: anId,
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  headers: fc.array(fc.tuple(headerName, text), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  publishTimeUs: fc.nat(2 ** 31).map((ms) => ms * 1000 + 1_795_242_000_000_000),
  expireTimeUs: fc.oneof(fc.constant(0), fc.nat(2 ** 31)),
});

function timestamp(timeUs: number): object {
  return { seconds: Math.floor(timeUs / 1e6), nanos: (timeUs % 1e6) * 1000 };
}

function wireMessage(message: ReceivedMessage): object {
  return {
    ...message,
    headers: Object.fromEntries(message.headers),
    publishTime: timestamp(message.publishTimeUs),
    ...(message.expireTimeUs === 0 ? {} : { expireTime: timestamp(message.expireTimeUs) }),
  };
}

function errorStatus(code: number, reason: string): object {
  const info = encodeAs('google.rpc.ErrorInfo', { reason, domain: 'waybill', metadata: { limit: '7' } });
  const retry = encodeAs('google.rpc.RetryInfo', { retryDelay: { seconds: 1, nanos: 500_000_000 } });
  const url = 'type.googleapis.com/google.rpc.';
  return {
    code,
    message: 'refused',
    details: [
      { type_url: `${url}ErrorInfo`, value: info },
      { type_url: `${url}RetryInfo`, value: retry },
    ],
  };
}

describe('the decoders of the client', () => {
  test('read batches of a subscription that protobufjs wrote', () => {
    fc.assert(
      fc.property(text, fc.array(received, { maxLength: 12 }), (cursor, messages) => {
        const bytes = encodeAs('waybill.v1.SubscribeResponse', {
          cursor,
          batch: { messages: messages.map(wireMessage) },
        });
        expect(decodeSubscribeResponse(bytes)).toEqual({ kind: 'batch', cursor, messages });
      }),
    );
  });

  test.each([
    [{ confirmed: { heartbeatInterval: { seconds: 15 }, epoch: 'e' } }, { kind: 'confirmed', epoch: 'e' }],
    [{ caughtUp: {} }, { kind: 'caughtUp' }],
    [{ fellBehind: {} }, { kind: 'fellBehind' }],
    [{ heartbeat: { serverTime: { seconds: 3, nanos: 4000 } } }, { kind: 'heartbeat', serverTimeUs: 3_000_004 }],
    [{ truncated: { subject: 's', firstAvailableId: 9 } }, { kind: 'truncated', subject: 's', firstAvailableId: 9 }],
    [{ draining: {} }, { kind: 'draining' }],
  ])('read the frame %j', (frame, expected) => {
    const bytes = encodeAs('waybill.v1.SubscribeResponse', { cursor: 'c', ...frame });
    expect(decodeSubscribeResponse(bytes)).toEqual({ cursor: 'c', ...expected });
  });

  test('pass over fields and frames they do not know', () => {
    const unknown = Buffer.from([15 * 8 + 2, 3, 1, 2, 3, 14 * 8, 5, 13 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]);
    const known = encodeAs('waybill.v1.SubscribeResponse', { cursor: 'c', caughtUp: {} });
    expect(decodeSubscribeResponse(Buffer.concat([unknown, known]))).toEqual({ kind: 'caughtUp', cursor: 'c' });
    expect(decodeSubscribeResponse(unknown)).toBeUndefined();
  });

  test('refuse a frame that is cut off anywhere', () => {
    const message = { subject: 'a', id: 1, body: Buffer.from('body'), publishTime: { seconds: 1, nanos: 1000 } };
    const bytes = encodeAs('waybill.v1.FetchResponse', { message });
    for (let length = 1; length < bytes.length; length++) {
      const decode = () => decodeFetchResponse(bytes.subarray(0, length));
      expect(decode).toThrow(WaybillError);
      expect(decode).toThrow(expect.objectContaining({ reason: 'RESPONSE_MALFORMED' }));
    }
  });

  test('read pages that protobufjs wrote', () => {
    fc.assert(
      fc.property(
        fc.array(received, { maxLength: 8 }),
        text,
        anId,
        anId,
        (messages, nextPageToken, firstId, lastId) => {
          const bytes = encodeAs('waybill.v1.ListResponse', {
            messages: messages.map(wireMessage),
            nextPageToken,
            firstId,
            lastId,
          });
          expect(decodeListResponse(bytes)).toEqual({ messages, nextPageToken, firstId, lastId });
        },
      ),
    );
  });

  test('read the outcome of a publish', () => {
    const bytes = encodeAs('waybill.v1.PublishResponse', {
      id: Number.MAX_SAFE_INTEGER,
      publishTime: timestamp(1_795_242_000_000_001),
      duplicate: true,
      cursor: 'c',
    });
    expect(decodePublishResponse(bytes)).toEqual({
      id: Number.MAX_SAFE_INTEGER,
      publishTimeUs: 1_795_242_000_000_001,
      duplicate: true,
      cursor: 'c',
    });
  });

  test('read each outcome of a batch', () => {
    const bytes = encodeAs('waybill.v1.PublishBatchResponse', {
      results: [{ published: { id: 4 } }, { failure: errorStatus(8, 'STORAGE_FULL') }],
    });
    const [published, failure] = decodePublishBatchResponse(bytes);
    expect(published).toEqual({ id: 4, publishTimeUs: 0, duplicate: false, cursor: '' });
    expect(failure).toBeInstanceOf(WaybillError);
    expect(failure).toMatchObject({
      code: 8,
      codeName: 'RESOURCE_EXHAUSTED',
      reason: 'STORAGE_FULL',
      message: 'refused',
      fields: { limit: '7' },
      retryAfterMs: 1500,
    });
  });

  test('read acknowledgements with their failures', () => {
    fc.assert(
      fc.property(anId, fc.array(anId), fc.array(fc.nat(4096)), (sequence, ids, duplicates) => {
        const bytes = encodeAs('waybill.v1.PublishStreamResponse', {
          ack: {
            sequence,
            ids,
            duplicates,
            failures: [{ index: 300, status: errorStatus(10, 'EXPECTED_ID_MISMATCH') }],
          },
        });
        expect(decodePublishStreamResponse(bytes)).toMatchObject({
          kind: 'ack',
          sequence,
          frame: { ids, duplicates, failures: [{ index: 300, error: { reason: 'EXPECTED_ID_MISMATCH' } }] },
        });
      }),
    );
  });

  test('read the credit and the end of a publish stream', () => {
    const opened = encodeAs('waybill.v1.PublishStreamResponse', {
      opened: { creditMessages: 8192, creditBytes: 70_000 },
    });
    expect(decodePublishStreamResponse(opened)).toEqual({ kind: 'opened', creditMessages: 8192, creditBytes: 70_000 });
    const draining = encodeAs('waybill.v1.PublishStreamResponse', { draining: {} });
    expect(decodePublishStreamResponse(draining)).toEqual({ kind: 'draining' });
  });
});
