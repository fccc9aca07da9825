import type { LoadSecond } from '../load-results.js';

/** A point of the plots over time: one second, or the mean of several that follow each other. */
export interface SecondsPoint extends Omit<LoadSecond, 'inFlight'> {
  /** Last second of it; `second` is the first. */
  readonly until: number;
}

/**
 * At most so many points, so that the report of a long load stays small and readable. Counts become means per second;
 * percentiles and the maximum are those of the worst second, so that no stall is hidden.
 */
export function thinSeconds(seconds: readonly LoadSecond[], most: number): readonly SecondsPoint[] {
  const size = Math.max(1, Math.ceil(seconds.length / most));
  const points: SecondsPoint[] = [];
  for (let begin = 0; begin < seconds.length; begin += size) {
    const part = seconds.slice(begin, begin + size);
    const mean = (of: (second: LoadSecond) => number): number =>
      part.reduce((sum, each) => sum + of(each), 0) / part.length;
    const worst = (of: (second: LoadSecond) => number): number => Math.max(...part.map(of));
    points.push({
      second: begin + 1,
      until: begin + part.length,
      asked: mean(({ asked }) => asked),
      succeeded: mean(({ succeeded }) => succeeded),
      failed: mean(({ failed }) => failed),
      dropped: mean(({ dropped }) => dropped),
      deliveries: mean(({ deliveries }) => deliveries),
      p50: worst(({ p50 }) => p50),
      p95: worst(({ p95 }) => p95),
      p99: worst(({ p99 }) => p99),
      max: worst(({ max }) => max),
    });
  }
  return points;
}
