export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/**
 * How much the straight line through the last third of the samples rises, as a part of their mean: about 0 for what has
 * levelled off, 0.4 for what has grown evenly from nothing. NaN for fewer than six samples.
 */
export function growthInLastThird(samples: readonly Sample[]): number {
  const third = samples.slice(-Math.floor(samples.length / 3));
  if (third.length < 2) return Number.NaN;
  const mean = (of: (sample: Sample) => number): number => third.reduce((sum, it) => sum + of(it), 0) / third.length;
  const [meanSeconds, meanValue] = [mean(({ seconds }) => seconds), mean(({ value }) => value)];
  const covariance = mean(({ seconds, value }) => (seconds - meanSeconds) * (value - meanValue));
  const variance = mean(({ seconds }) => (seconds - meanSeconds) ** 2);
  const length = (third.at(-1)?.seconds ?? 0) - (third[0]?.seconds ?? 0);
  return meanValue === 0 ? 0 : ((covariance / variance) * length) / meanValue;
}
