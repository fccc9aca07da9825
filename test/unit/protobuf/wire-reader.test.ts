import fc from 'fast-check';
import { fieldSize, varintSize } from '../../../src/protobuf/wire-size.js';
import { FIXED32, FIXED64, fieldTag, LENGTH_DELIMITED, VARINT } from '../../../src/protobuf/wire-type.js';
import { WireReader } from '../../../src/protobuf/wire-reader.js';
import { WireWriter } from '../../../src/protobuf/wire-writer.js';

class Malformed extends Error {}

function readerOf(...bytes: readonly number[]): WireReader {
  return new WireReader(Buffer.from(bytes), (detail) => new Malformed(detail));
}

describe('WireReader', () => {
  test('reads the numbers that WireWriter writes, in as many bytes as varintSize says', () => {
    const number = fc.oneof(
      fc.nat(300),
      fc.nat(),
      fc.maxSafeNat(),
      fc.nat(52).map((bits) => 2 ** bits),
    );
    fc.assert(
      fc.property(number, (value) => {
        const writer = new WireWriter(varintSize(value));
        writer.varint(value);
        const reader = readerOf(...writer.buffer);
        expect(reader.uint64()).toBe(value);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('reads the text and bytes that WireWriter writes, in as many bytes as fieldSize says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (text, bytes) => {
        const textLength = Buffer.byteLength(text);
        const writer = new WireWriter(fieldSize(textLength) + fieldSize(bytes.length));
        writer.text(1, text, textLength);
        writer.bytes(15, bytes);
        const reader = readerOf(...writer.buffer);
        expect(reader.tag()).toBe(fieldTag(1, LENGTH_DELIMITED));
        expect(reader.string()).toBe(text);
        expect(reader.tag()).toBe(fieldTag(15, LENGTH_DELIMITED));
        expect([...reader.bytes()]).toEqual([...bytes]);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test.each([
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10], Infinity, Infinity],
    ['2^53 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 53 - 1, 2 ** 53 - 1],
    ['-1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Infinity, -1],
    ['-2^63', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], Infinity, -Infinity],
  ])('never reads %s as another number', (_name, bytes, unsigned, signed) => {
    expect(readerOf(...bytes).uint64()).toBe(unsigned);
    expect(readerOf(...bytes).int64()).toBe(signed);
  });

  test('keeps the low 32 bits of what is to be an int32', () => {
    expect(readerOf(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01).int32()).toBe(-1);
  });

  test('knows a repeated string by its bytes', () => {
    const reader = readerOf(2, 97, 98, 2, 97, 98, 2, 97, 99, 0, 2, 97, 99);
    const read = () => reader.repeatedString();
    expect([read(), read(), read(), read(), read()]).toEqual(['ab', 'ab', 'ac', '', 'ac']);
  });

  test('does not take a repeated string from beyond its message', () => {
    const reader = readerOf(2, 97, 98, 2, 2, 97, 98);
    reader.repeatedString();
    reader.enter();
    expect(() => reader.repeatedString()).toThrow(new Malformed('a field is longer than its message'));
  });

  test('passes over fields of every wire type', () => {
    const reader = readerOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 13, 14, 0x80, 1, 42);
    for (const wireType of [FIXED64, FIXED32, LENGTH_DELIMITED, VARINT]) reader.skip(fieldTag(9, wireType));
    expect(reader.uint64()).toBe(42);
  });

  test('leaves a nested message where it ends, read or not', () => {
    const reader = readerOf(2, 8, 1, 42);
    const outer = reader.enter();
    reader.tag();
    reader.leave(outer);
    expect(reader.uint64()).toBe(42);
  });

  test.each<[string, readonly number[], (reader: WireReader) => unknown]>([
    ['a field is longer than its message', [3, 97, 98], (reader) => reader.string()],
    ['a field is longer than its message', [3, 97, 98], (reader) => reader.bytes()],
    ['a field is longer than its message', [3, 97, 98], (reader) => reader.enter()],
    [
      'a field is longer than its message',
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
      (reader) => reader.bytes(),
    ],
    ['the text at byte 0 is not UTF-8', [2, 0xc3, 0x28], (reader) => reader.string()],
    ['the text at byte 0 is not UTF-8', [3, 0xed, 0xa0, 0x80], (reader) => reader.repeatedString()],
    ['a field has the number 0', [2], (reader) => reader.tag()],
    ['a varint is longer than 64 bits', Array.from({ length: 11 }, () => 0x80), (reader) => reader.uint64()],
    ['the message ends within a field', [0x80], (reader) => reader.uint64()],
    ['the message ends within a field', [1, 2, 3], (reader) => reader.skip(fieldTag(1, FIXED32))],
    ['the message ends within a field', [1, 2, 3, 4], (reader) => reader.skip(fieldTag(1, FIXED64))],
    ['field 1 has the unsupported wire type 3', [1], (reader) => reader.skip(fieldTag(1, 3))],
  ])('says that %s: %j', (detail, bytes, read) => {
    expect(() => read(readerOf(...bytes))).toThrow(new Malformed(detail));
  });

  test('takes replacement characters that are really there', () => {
    expect(readerOf(3, 0xef, 0xbf, 0xbd).string()).toBe('\ufffd');
  });
});
