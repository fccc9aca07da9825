import fc from 'fast-check';
import { LogHistogram } from '../../../../src/cli/load/log-histogram.js';

/** What a percentile is by definition: the value that so many percent of the sorted ones are not above. */
function exactPercentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((rank / 100) * sorted.length)) - 1]!;
}

const values = fc.array(fc.integer({ min: 0, max: 2 ** 39 }), { minLength: 1, maxLength: 200 });

describe('a histogram of durations', () => {
  test('tells every percentile to within 1/64, and never less', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (recorded, rank) => {
        const histogram = new LogHistogram();
        for (const value of recorded) histogram.record(value);
        const exact = exactPercentile(recorded, rank);
        expect(histogram.percentileUs(rank)).toBeGreaterThanOrEqual(exact);
        expect(histogram.percentileUs(rank)).toBeLessThanOrEqual(exact * (1 + 1 / 64));
      }),
    );
  });

  test('keeps small values, the largest and the mean exactly', () => {
    const histogram = new LogHistogram();
    for (const value of [0, 1, 77, 127, 1_000_003]) histogram.record(value);
    expect([histogram.percentileUs(20), histogram.percentileUs(60), histogram.percentileUs(80)]).toEqual([0, 77, 127]);
    expect({ count: histogram.count, max: histogram.maxUs, mean: histogram.meanUs }).toEqual({
      count: 5,
      max: 1_000_003,
      mean: (1 + 77 + 127 + 1_000_003) / 5,
    });
  });

  test('comes back from its buckets with the same percentiles', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 99 }), (recorded, rank) => {
        const histogram = new LogHistogram();
        for (const value of recorded) histogram.record(value);
        const { buckets } = histogram;
        const copy = LogHistogram.of(buckets);
        expect(copy.count).toBe(recorded.length);
        expect(copy.buckets).toEqual(buckets);
        // The largest value is known only to its bucket.
        expect(copy.percentileUs(rank)).toBeGreaterThanOrEqual(histogram.percentileUs(rank) * (63 / 64) - 1);
        expect(copy.percentileUs(rank)).toBeLessThanOrEqual(histogram.percentileUs(rank));
      }),
    );
  });

  test('is 0 throughout while it is empty, and takes what is below 0 as 0', () => {
    const histogram = new LogHistogram();
    expect([histogram.percentileUs(99), histogram.maxUs, histogram.meanUs]).toEqual([0, 0, 0]);
    histogram.record(-5);
    expect(histogram.buckets).toEqual([[0, 1]]);
  });
});
