import fc from 'fast-check';
import type { OutgoingMessage } from '../../../../src/client/messages.js';
import { decodeAs } from '../../../../src/client/proto.js';
import {
  encodePublishBatch,
  encodePublishFrame,
  encodePublishRequest,
} from '../../../../src/client/wire/publish-encoder.js';

interface WirePublishRequest {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly ttl: { readonly seconds: number; readonly nanos: number } | null;
  readonly idempotencyKey: string;
  readonly expectedLastId?: number;
  readonly fence: { readonly lock: string; readonly token: number } | null;
  readonly fireAndForget: boolean;
}

const anId = fc.oneof(fc.nat(300), fc.maxSafeNat());
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const headerName = text.filter((name) => name !== '__proto__');

const outgoing: fc.Arbitrary<OutgoingMessage> = fc.record(
  {
    subject: text,
    body: fc.oneof(fc.uint8Array({ maxLength: 300 }), text),
    headers: fc.uniqueArray(fc.tuple(headerName, text), { selector: ([name]) => name, maxLength: 4 }),
    ttlMs: fc.nat(2 ** 31),
    idempotencyKey: text,
    expectedLastId: anId,
    fence: fc.record({ lock: text, token: anId }),
    fireAndForget: fc.boolean(),
  },
  { requiredKeys: ['subject', 'body'] },
);

/** What protobufjs is to read for `message`. */
function expectSame(decoded: WirePublishRequest, message: OutgoingMessage): void {
  expect(decoded.subject).toBe(message.subject);
  expect(Buffer.from(decoded.body)).toEqual(Buffer.from(message.body as string));
  expect({ ...decoded.headers }).toEqual(Object.fromEntries(message.headers ?? []));
  const ttlMs = decoded.ttl === null ? undefined : decoded.ttl.seconds * 1000 + decoded.ttl.nanos / 1e6;
  expect(ttlMs).toBe(message.ttlMs);
  expect(decoded.idempotencyKey).toBe(message.idempotencyKey ?? '');
  expect(decoded.expectedLastId).toBe(message.expectedLastId);
  expect(decoded.fence === null ? undefined : { ...decoded.fence }).toEqual(message.fence);
  expect(decoded.fireAndForget).toBe(message.fireAndForget ?? false);
}

describe('the encoder of publishes', () => {
  test('writes single messages that protobufjs reads back', () => {
    fc.assert(
      fc.property(outgoing, (message) => {
        expectSame(decodeAs('waybill.v1.PublishRequest', encodePublishRequest(message)), message);
      }),
    );
  });

  test('writes stream frames that protobufjs reads back', () => {
    fc.assert(
      fc.property(anId, fc.array(outgoing, { maxLength: 12 }), (sequence, messages) => {
        const bytes = encodePublishFrame(sequence, messages);
        const frame = decodeAs<{ sequence: number; messages: WirePublishRequest[] }>(
          'waybill.v1.PublishStreamRequest',
          bytes,
        );
        expect(frame.sequence).toBe(sequence);
        expect(frame.messages).toHaveLength(messages.length);
        for (const [i, message] of messages.entries()) expectSame(frame.messages[i] as WirePublishRequest, message);
      }),
    );
  });

  test('writes batches that protobufjs reads back', () => {
    fc.assert(
      fc.property(fc.array(outgoing, { maxLength: 12 }), (messages) => {
        const bytes = encodePublishBatch(messages);
        const batch = decodeAs<{ messages: WirePublishRequest[] }>('waybill.v1.PublishBatchRequest', bytes);
        expect(batch.messages).toHaveLength(messages.length);
        for (const [i, message] of messages.entries()) expectSame(batch.messages[i] as WirePublishRequest, message);
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 53])('refuses the expected last id %p', (expectedLastId) => {
    expect(() => encodePublishRequest({ subject: 'a', body: '', expectedLastId })).toThrow(RangeError);
  });
});
