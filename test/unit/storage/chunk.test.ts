import fc from 'fast-check';
import { BrokerError } from '../../../src/core/errors.js';
import { encodeRun, expiryClass, MAX_CHUNK_BYTES, MAX_CHUNK_IDS } from '../../../src/storage/chunk-run.js';
import { Chunk } from '../../../src/storage/chunk.js';
import type { AppendItem } from '../../../src/storage/storage.js';

const PUBLISHED = 1_767_225_600_000_000;
const subject = 'orders.eu';

function item(body: string | number, extra: Partial<AppendItem> = {}): AppendItem {
  return { subject, body: Buffer.alloc(typeof body === 'number' ? body : 0, 1), headers: [], ttlUs: 0, ...extra };
}

function run(items: readonly AppendItem[], firstId = 1) {
  return { identity: 7, firstId, publishTimeUs: PUBLISHED, items };
}

const itemArbitrary: fc.Arbitrary<AppendItem> = fc.record({
  subject: fc.constant(subject),
  body: fc.uint8Array({ maxLength: 300 }),
  headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 3 }),
  ttlUs: fc.constantFrom(0, 1, 500_000, 5_000_000, 5_000_001, 3_600_000_000),
  transient: fc.boolean(),
});

describe('encodeRun', () => {
  it('gives back every message as it was and nothing for transient ones', () => {
    fc.assert(
      fc.property(
        fc.array(itemArbitrary, { maxLength: 40 }),
        fc.integer({ min: 1, max: 2 ** 52 }),
        (items, firstId) => {
          const found = new Map<number, unknown>();
          let messages = 0;
          for (const encoded of encodeRun(run(items, firstId))) {
            const chunk = Chunk.open(encoded.value, { subject, identity: 7, firstId: encoded.firstId });
            expect([chunk.lastId, chunk.messages, chunk.bytes, chunk.expireTimeUs]).toEqual([
              encoded.lastId,
              encoded.messages,
              encoded.bytes,
              encoded.expireTimeUs,
            ]);
            let bytes = 0;
            for (let id = chunk.firstId; id <= chunk.lastId; id += 1) {
              const message = chunk.message(id);
              expect(chunk.has(id)).toBe(message !== undefined);
              bytes += chunk.size(id);
              if (message === undefined) continue;
              messages += 1;
              found.set(id, { body: [...message.body], headers: message.headers, expireTimeUs: message.expireTimeUs });
              expect(message.publishTimeUs).toBe(PUBLISHED);
            }
            expect(bytes).toBe(chunk.bytes);
          }
          const expected = new Map<number, unknown>();
          for (const [index, { body, headers, ttlUs, transient }] of items.entries()) {
            if (transient === true) continue;
            const expireTimeUs = ttlUs === 0 ? 0 : PUBLISHED + ttlUs;
            expected.set(firstId + index, { body: [...body], headers, expireTimeUs });
          }
          expect(found).toEqual(expected);
          expect(messages).toBe(expected.size);
        },
      ),
    );
  });

  it('starts a new chunk at either limit and leaves a larger message alone', () => {
    const counted = encodeRun(run(Array.from({ length: MAX_CHUNK_IDS * 2 + 1 }, () => item(1))));
    expect(counted.map((chunk) => chunk.lastId)).toEqual([MAX_CHUNK_IDS, MAX_CHUNK_IDS * 2, MAX_CHUNK_IDS * 2 + 1]);
    const large = encodeRun(run([item(1), item(MAX_CHUNK_BYTES + 1), item(1), item(MAX_CHUNK_BYTES - 1)]));
    expect(large.map((chunk) => chunk.firstId)).toEqual([1, 2, 3]);
  });

  it('keeps messages apart whose expiry differs by more than a step', () => {
    const hour = 3_600_000_000;
    const chunks = encodeRun(run([item(1, { ttlUs: hour }), item(1, { ttlUs: 10 * hour }), item(1)]));
    expect(chunks.map((chunk) => chunk.expireTimeUs)).toEqual([PUBLISHED + hour, PUBLISHED + 10 * hour, 0]);
  });

  it('rounds an expiry up by less than an eighth of the life or a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 }), (ttlUs) => {
        const late = expiryClass({ ttlUs }, PUBLISHED) - (PUBLISHED + ttlUs);
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(Math.max(1_000_000, ttlUs / 8));
      }),
    );
  });
});

describe('Chunk', () => {
  const items = [
    item('', { headers: [['type', 'order']] }),
    item(100, { ttlUs: 0 }),
    item(9, { transient: true }),
    item(33, {
      headers: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    }),
  ];
  const [encoded] = encodeRun(run(items, 50));
  const expected = { subject, identity: 7, firstId: 50 };

  function readAll(value: Buffer): string[] {
    const chunk = Chunk.open(value, expected);
    return [50, 51, 52, 53].map((id) => {
      try {
        chunk.size(id);
        const message = chunk.message(id);
        return message === undefined ? 'none' : JSON.stringify([message.headers, [...message.body]]);
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        expect(error.fields).toEqual({ subject, id: String(id) });
        return error.reason;
      }
    });
  }

  it('reports every single damaged bit as data loss and no other message than the damaged one', () => {
    const good = Buffer.from(encoded?.value ?? []);
    const wanted = readAll(good);
    expect(wanted[2]).toBe('none');
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      let got: string[];
      try {
        got = readAll(bad);
      } catch (error) {
        expect(error).toMatchObject({ reason: 'DATA_LOSS' });
        continue;
      }
      const changed = got.filter((text, index) => text !== wanted[index]);
      expect(changed).toEqual(['DATA_LOSS']);
    }
  });

  it('refuses a chunk that is cut off', () => {
    const good = Buffer.from(encoded?.value ?? []);
    for (let length = 0; length < good.length; length += 1) {
      let lost = false;
      try {
        lost = readAll(good.subarray(0, length)).includes('DATA_LOSS');
      } catch (error) {
        lost = error instanceof BrokerError && error.reason === 'DATA_LOSS';
      }
      expect(lost).toBe(true);
    }
  });

  it('refuses a chunk of another subject or position', () => {
    const value = encoded?.value as Buffer;
    expect(() => Chunk.open(value, { ...expected, identity: 8 })).toThrow(
      'message 50 of subject "orders.eu" is damaged',
    );
    expect(() => Chunk.open(value, { ...expected, firstId: 49 })).toThrow('damaged');
  });
});
