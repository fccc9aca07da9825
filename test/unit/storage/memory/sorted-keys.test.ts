import fc from 'fast-check';
import { SortedKeys } from '../../../../src/storage/memory/sorted-keys.js';
import { compareUtf8 } from '../../../../src/storage/utf8-order.js';

const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 60 });

test('walks its keys in order from and before any key, also after deletions', () => {
  fc.assert(
    fc.property(keys, keys, fc.string({ maxLength: 3 }), (added, deleted, pivot) => {
      const sorted = new SortedKeys();
      for (const key of added) sorted.add(key);
      for (const key of deleted) sorted.delete(key);
      const left = added.filter((key) => !deleted.includes(key)).toSorted(compareUtf8);
      expect([...sorted.upwards('')]).toEqual(left);
      expect([...sorted.downwards(undefined)]).toEqual(left.toReversed());
      expect([...sorted.upwards(pivot)]).toEqual(left.filter((key) => compareUtf8(key, pivot) >= 0));
      expect([...sorted.downwards(pivot)]).toEqual(left.filter((key) => compareUtf8(key, pivot) < 0).toReversed());
    }),
  );
});

test('keeps the order over many blocks', () => {
  const sorted = new SortedKeys();
  const all = Array.from({ length: 5000 }, (_, index) => String((index * 7919) % 5000).padStart(4, '0'));
  for (const key of all) sorted.add(key);
  for (const key of all.filter((_, index) => index % 3 === 0)) sorted.delete(key);
  const left = all.filter((_, index) => index % 3 !== 0).toSorted(compareUtf8);
  expect([...sorted.upwards('')]).toEqual(left);
  expect([...sorted.downwards('2500')].at(0)).toBe(left.filter((key) => key < '2500').at(-1));
  sorted.clear();
  expect([...sorted.upwards('')]).toEqual([]);
});
