import { ttlSeconds } from '../../../../src/storage/cassandra/physical-life.js';

const NOW_US = 1_800_000_000_000_000;

test('a row outlives what it is for by a minute', () => {
  expect(ttlSeconds(NOW_US + 1, NOW_US)).toBe(61);
  expect(ttlSeconds(NOW_US + 10_000_000, NOW_US)).toBe(70);
  expect(ttlSeconds(NOW_US - 5, NOW_US)).toBe(60);
});

test('a row stays when what it is for stays, or ends beyond the calendar of Cassandra', () => {
  expect(ttlSeconds(0, NOW_US)).toBe(0);
  expect(ttlSeconds((2 ** 31 - 63) * 1_000_000, NOW_US)).toBe(2 ** 31 - 63 - NOW_US / 1_000_000 + 60);
  expect(ttlSeconds((2 ** 31 - 61) * 1_000_000, NOW_US)).toBe(0);
});
