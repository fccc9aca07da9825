import { decodeHints, encodeHints } from '../../../../src/storage/postgres/hint-payload.js';

const NAMES = ['a', '__proto__', 'a\u0000b', 'é中\u{1f600}', '"quoted\\', '\u0001'.repeat(256)];

describe('payloads of notifications', () => {
  test('bring subjects and partitions of any name to another process', () => {
    const subjects = new Map(NAMES.map((name, index) => [name, index + 1]));
    const payloads = encodeHints('me', subjects, new Set(NAMES));
    expect(payloads.flatMap((payload) => decodeHints(payload, 'other'))).toEqual([
      ...NAMES.map((subject, index) => ({ kind: 'subject', subject, lastId: index + 1 })),
      ...NAMES.map((partition) => ({ kind: 'partition', partition })),
    ]);
  });

  test('are shorter than the server takes and ASCII, however much there is to tell', () => {
    const subjects = new Map(Array.from({ length: 500 }, (_, index) => [`${'é'.repeat(100)}${index}`, 2 ** 53 - 1]));
    const partitions = new Set(Array.from({ length: 500 }, (_, index) => `${'\u{1f600}'.repeat(50)}${index}`));
    const payloads = encodeHints('me', subjects, partitions);
    for (const payload of payloads) {
      expect(Buffer.byteLength(payload)).toBeLessThan(8000);
      expect(payload).toMatch(/^[\x20-\x7e]*$/);
    }
    expect(payloads.flatMap((payload) => decodeHints(payload, 'other'))).toHaveLength(1000);
  });

  test('are none when there is nothing to tell', () => {
    expect(encodeHints('me', new Map(), new Set())).toEqual([]);
  });

  test('say nothing to their sender', () => {
    const [payload = ''] = encodeHints('me', new Map([['a', 1]]), new Set());
    expect(decodeHints(payload, 'me')).toEqual([]);
  });

  test.each(['', 'x', '{}', 'null', '["x",1,2]', '["x",{},[],null,5]'])(
    'from somebody else are ignored: %s',
    (payload) => {
      expect(decodeHints(payload, 'me')).toEqual([]);
    },
  );
});
