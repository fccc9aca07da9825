import { BucketTable } from '../../../src/rate-limits/bucket-table.js';

const RATE = { perSecond: 1, capacity: 60 };

it('keeps a bucket for each client', () => {
  const table = new BucketTable();
  table.of('one', RATE, 0).take(60);
  expect(table.of('two', RATE, 0).has(1)).toBe(true);
  expect(table.of('one', RATE, 0).has(1)).toBe(false);
  expect(table.of('one', RATE, 1000).has(1)).toBe(true);
});

it('forgets those that are full again, and no others', () => {
  const table = new BucketTable();
  for (let i = 0; i < 1000; i++) table.of(`idle ${i}`, RATE, 0).take(5);
  table.of('busy', RATE, 0).take(60);
  expect(table.size).toBe(1001);
  table.of('new', RATE, 10_000);
  expect(table.size).toBe(2);
  expect(table.of('busy', RATE, 10_000).hasAll(11)).toBe(false);
});

it('forgets the one that has been known longest when there are too many', () => {
  const table = new BucketTable(3);
  for (const client of ['a', 'b', 'c', 'd']) table.of(client, RATE, 0).take(60);
  expect(table.size).toBe(3);
  expect(table.of('b', RATE, 0).has(1)).toBe(false);
  expect(table.of('a', RATE, 0).has(1)).toBe(true);
});
