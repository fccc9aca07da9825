import fc from 'fast-check';
import { ExpiryQueue } from '../../../../src/storage/memory/expiry-queue.js';

class Entry {
  removed = false;
  released = false;

  constructor(readonly expireTimeUs: number) {}

  release(): number {
    this.released = true;
    return 1;
  }
}

test('releases exactly what has expired and was not removed before', () => {
  const cases = fc.tuple(fc.array(fc.tuple(fc.nat(100), fc.boolean()), { maxLength: 80 }), fc.nat(100));
  fc.assert(
    fc.property(cases, ([plans, nowUs]) => {
      const queue = new ExpiryQueue();
      const entries = plans.map(([timeUs]) => new Entry(timeUs));
      for (const entry of entries) queue.push(entry);
      entries.forEach((entry, index) => plans[index]?.[1] === true && queue.remove(entry));
      expect(queue.releaseExpired(nowUs, 1000)).toBe(false);
      expect(entries.map(({ released }) => released)).toEqual(
        plans.map(([timeUs, removed]) => timeUs <= nowUs && !removed),
      );
    }),
  );
});

test('goes in steps and says whether more has expired', () => {
  const queue = new ExpiryQueue();
  const entries = Array.from({ length: 25 }, (_, index) => new Entry(25 - index));
  for (const entry of entries) queue.push(entry);
  expect(queue.releaseExpired(20, 10)).toBe(true);
  expect(entries.filter(({ released }) => released).map(({ expireTimeUs }) => expireTimeUs)).toEqual([
    10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
  ]);
  expect(queue.releaseExpired(20, 10)).toBe(false);
  expect(queue.releaseExpired(30, 10)).toBe(false);
  expect(entries.every(({ released }) => released)).toBe(true);
});

test('still releases in order after it was cleared of thousands of removed entries', () => {
  const queue = new ExpiryQueue();
  const entries = Array.from({ length: 5000 }, (_, index) => new Entry((index * 7919) % 5000));
  for (const entry of entries) queue.push(entry);
  for (const entry of entries.slice(0, 4000)) queue.remove(entry);
  expect(queue.releaseExpired(2500, 10_000)).toBe(false);
  const kept = entries.slice(4000);
  expect(kept.filter(({ released }) => released)).toEqual(kept.filter(({ expireTimeUs }) => expireTimeUs <= 2500));
  expect(entries.slice(0, 4000).some(({ released }) => released)).toBe(false);
});
