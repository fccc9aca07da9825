import { Random } from '../../../support/random.js';
import { growthInLastThird } from '../../../support/steady/levels-off.js';

const samplesOf = (valueAt: (seconds: number) => number) =>
  Array.from({ length: 240 }, (_, index) => ({ seconds: index * 5, value: valueAt(index * 5) }));

describe('growthInLastThird', () => {
  it('is about nothing for what has levelled off, however it swings', () => {
    const random = new Random(1);
    const samples = samplesOf((seconds) => Math.min(seconds, 300) + 20 * Math.sin(seconds / 10) + random.below(20));
    expect(Math.abs(growthInLastThird(samples))).toBeLessThan(0.05);
  });

  it('is about two fifths for what has grown evenly from nothing', () => {
    expect(growthInLastThird(samplesOf((seconds) => seconds))).toBeCloseTo(0.4, 1);
  });

  it('is below nothing for what shrinks', () => {
    expect(growthInLastThird(samplesOf((seconds) => 10_000 - seconds))).toBeLessThan(-0.01);
  });

  it('is not a number for too few samples', () => {
    expect(growthInLastThird(samplesOf(() => 1).slice(0, 5))).toBeNaN();
  });
});
