import { TokenBucket } from '../../../src/rate-limits/token-bucket.js';

const RATE = { perSecond: 10, capacity: 5 };

it('is full at first', () => {
  const bucket = new TokenBucket(RATE, 1000);
  expect(bucket.hasAll(5)).toBe(true);
  expect(bucket.hasAll(6)).toBe(false);
  expect(bucket.isFullAt(1000)).toBe(true);
});

it('tells exactly when there are tokens enough, and has them then', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(5);
  expect(bucket.has(1)).toBe(false);
  expect(bucket.waitMs(1)).toBe(100);
  expect(bucket.waitMs(3)).toBe(300);
  bucket.fill(RATE, 99);
  expect(bucket.has(1)).toBe(false);
  bucket.fill(RATE, 100);
  expect(bucket.has(1)).toBe(true);
  expect(bucket.waitMs(1)).toBe(0);
});

it('never holds more than its capacity', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.fill(RATE, 3_600_000);
  expect(bucket.hasAll(5)).toBe(true);
  expect(bucket.hasAll(6)).toBe(false);
});

it('gives more than its capacity from a full bucket only, and is in debt then', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(1);
  expect(bucket.has(20)).toBe(false);
  expect(bucket.waitMs(20)).toBe(100);
  bucket.fill(RATE, 100);
  expect(bucket.has(20)).toBe(true);
  bucket.take(20);
  // 15 tokens are missing, and the one that is wanted.
  expect(bucket.waitMs(1)).toBe(1600);
  bucket.fill(RATE, 1699);
  expect(bucket.has(1)).toBe(false);
  bucket.fill(RATE, 1700);
  expect(bucket.has(1)).toBe(true);
});

it('goes on at another rate with the tokens that it has', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(5);
  bucket.fill({ perSecond: 1000, capacity: 500 }, 0);
  expect(bucket.waitMs(100)).toBe(100);
  bucket.fill({ perSecond: 1, capacity: 2 }, 1000);
  expect(bucket.hasAll(1)).toBe(true);
  expect(bucket.hasAll(2)).toBe(false);
});

it('does not lose or make tokens by being asked often', () => {
  const rate = { perSecond: 3, capacity: 3 };
  const bucket = new TokenBucket(rate, 0);
  let taken = 0;
  for (let ms = 0; ms <= 100_000; ms++) {
    bucket.fill(rate, ms);
    while (bucket.has(1)) {
      bucket.take(1);
      taken++;
    }
  }
  expect(taken).toBe(303);
});

it('is full again once what was taken has come back', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(2);
  expect(bucket.isFullAt(199)).toBe(false);
  expect(bucket.isFullAt(200)).toBe(true);
});
