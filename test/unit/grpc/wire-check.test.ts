import fc from 'fast-check';
import { DescriptorProto } from 'protobufjs/ext/descriptor/index.js';
import { BrokerError } from '../../../src/core/errors.js';
import type { ListRequest } from '../../../src/grpc/generated/waybill/v1/ListRequest.js';
import type { ListStreamsRequest } from '../../../src/grpc/generated/waybill/v1/ListStreamsRequest.js';
import type { Message } from '../../../src/grpc/generated/waybill/v1/Message.js';
import { messageType } from '../../../src/grpc/proto.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { checkWire } from '../../../src/grpc/wire-check.js';

function problem(type: string, bytes: readonly number[]): string {
  try {
    checkWire(messageType(type), Buffer.from(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(BrokerError);
    expect((error as BrokerError).reason).toBe('REQUEST_MALFORMED');
    return (error as BrokerError).message.replace('the request is not valid protobuf: ', '');
  }
  return 'none';
}

const MESSAGE = 'waybill.v1.Message';

it.each<[string, string, number[], string]>([
  ['nothing at all', MESSAGE, [], 'none'],
  ['a varint field', MESSAGE, [0x10, 0x96, 0x01], 'none'],
  ['the largest varint', MESSAGE, [0x10, ...Array<number>(9).fill(0xff), 0x01], 'none'],
  [
    'unknown fields of every wire type',
    MESSAGE,
    [0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 0xff, 0x7d, 1, 2, 3, 4],
    'none',
  ],
  ['a map entry', MESSAGE, [0x22, 6, 0x0a, 1, 0x61, 0x12, 1, 0x62], 'none'],
  ['a packed list', 'waybill.v1.PublishStreamResponse.Ack', [0x12, 3, 1, 0x96, 0x01], 'none'],
  ['the same list, not packed', 'waybill.v1.PublishStreamResponse.Ack', [0x10, 1, 0x10, 2], 'none'],
  ['a cut varint', MESSAGE, [0x10, 0x96], 'Message has a broken number'],
  ['a varint without an end', MESSAGE, [0x10, ...Array<number>(11).fill(0xff)], 'Message has a broken number'],
  [
    'a negative number of 32 bits',
    'waybill.v1.ListStreamsRequest',
    [0x10, ...Array<number>(9).fill(0xff), 0x01],
    'none',
  ],
  [
    'a number of 32 bits that is too large',
    'waybill.v1.ListStreamsRequest',
    [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    'ListStreamsRequest has a broken number',
  ],
  ['a cut tag', MESSAGE, [0x90], 'Message has a broken length or tag'],
  ['a tag above 32 bits', MESSAGE, [0xf8, 0xff, 0xff, 0xff, 0x7f, 1], 'Message has a broken length or tag'],
  ['field number 0', MESSAGE, [0x02, 0], 'Message has a field number of 0'],
  ['a field that is too long', MESSAGE, [0x0a, 3, 0x61, 0x62], 'Message has a field that is longer than the message'],
  [
    'a nested field that ends in its neighbour',
    MESSAGE,
    [0x2a, 2, 0x08, 0x80, 0x10, 1],
    'Timestamp has a broken number',
  ],
  [
    'a map entry that is too long',
    MESSAGE,
    [0x22, 3, 0x0a, 9, 0x61],
    'Message.headers has a field that is longer than the message',
  ],
  ['a cut fixed field', MESSAGE, [0x79, 1, 2], 'Message ends in the middle of a field'],
  ['a cut packed list', 'waybill.v1.PublishStreamResponse.Ack', [0x12, 2, 1, 0x96], 'Ack has a broken number'],
  ['text that is not UTF-8', MESSAGE, [0x0a, 2, 0xc3, 0x28], 'Message has text that is not UTF-8'],
  ['a number where text belongs', MESSAGE, [0x08, 1], 'Message has a field of the wrong type'],
  ['text where a number belongs', MESSAGE, [0x12, 1, 0x61], 'Message has a field of the wrong type'],
  ['a group', MESSAGE, [0x7b, 0x7c], 'Message has a field of unknown wire type 3'],
  ['wire type 7', MESSAGE, [0x7f, 0], 'Message has a field of unknown wire type 7'],
])('judges %s', (_what, type, bytes, expected) => {
  expect(problem(type, bytes)).toBe(expected);
});

it('refuses nesting beyond 32', () => {
  // The one type at hand that nests in itself; nested_type is field 3.
  const nested = (depth: number): number[] => (depth === 0 ? [] : nest(nested(depth - 1)));
  const nest = (inner: number[]): number[] => [0x1a, inner.length, ...inner];
  expect(() => checkWire(DescriptorProto, Buffer.from(nested(31)))).not.toThrow();
  expect(() => checkWire(DescriptorProto, Buffer.from(nested(32)))).toThrow(/nests deeper than 32/);
});

const message = fc.record({
  subject: fc.string({ unit: 'grapheme' }),
  id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  headers: fc.dictionary(fc.string(), fc.string()).map((headers) => Object.fromEntries(Object.entries(headers))),
  publishTime: fc.record({
    seconds: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    nanos: fc.integer(),
  }),
});
const messageCodec = new ProtoCodec<Message, Message>(MESSAGE);

it('passes whatever protobuf encodes', () => {
  fc.assert(
    fc.property(message, (value) => {
      expect(messageCodec.decode(messageCodec.encode(value))).toMatchObject(value);
    }),
  );
});

it('never lets a cut message through as a field that was cut', () => {
  fc.assert(
    fc.property(message, fc.double({ min: 0, max: 1, noNaN: true }), (value, share) => {
      const bytes = messageCodec.encode(value);
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      let decoded: Message;
      try {
        decoded = messageCodec.decode(cut);
      } catch (error) {
        expect(error).toMatchObject({ reason: 'REQUEST_MALFORMED' });
        return;
      }
      // What is left are whole fields or none.
      expect(['', value.subject]).toContain(decoded.subject);
      expect([0, value.body.length]).toContain((decoded.body as Buffer).length);
    }),
  );
});

it('throws nothing but REQUEST_MALFORMED at arbitrary bytes', () => {
  const codec = new ProtoCodec<ListRequest, ListRequest>('waybill.v1.ListRequest');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        codec.decode(Buffer.from(bytes));
      } catch (error) {
        expect(error).toMatchObject({ reason: 'REQUEST_MALFORMED' });
      }
    }),
    { numRuns: 2000 },
  );
});

it('never lets a number of any length swallow what comes after it', () => {
  const codec = new ProtoCodec<ListStreamsRequest, ListStreamsRequest>('waybill.v1.ListStreamsRequest');
  const number = fc.tuple(
    fc.array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 11 }),
    fc.integer({ min: 0, max: 0x7f }),
  );
  fc.assert(
    fc.property(number, ([more, last]) => {
      const bytes = Buffer.from([0x10, ...more, last, 0x1a, 1, 0x61]);
      let decoded: ListStreamsRequest;
      try {
        decoded = codec.decode(bytes);
      } catch (error) {
        expect(error).toMatchObject({ reason: 'REQUEST_MALFORMED' });
        return;
      }
      expect(decoded.pageToken).toBe('a');
    }),
  );
});
