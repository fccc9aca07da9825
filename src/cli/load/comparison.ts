import type { LoadFigures, LoadResults } from './load-results.js';

/** One figure of two loads. */
export interface ComparedFigure {
  readonly name: string;
  readonly unit: '/s' | 'ms' | '%';
  readonly before: number;
  readonly after: number;
  /** `after` by `before`; undefined when there is nothing to divide by. */
  readonly ratio: number | undefined;
  /** By how much of `before` it is worse, 0 when it is not: 0.1 is 10 %. */
  readonly worseBy: number;
}

/** Latencies that differ by less than this many milliseconds are the same: timers know nothing finer. */
const SAME_MS = 0.5;
/** As are errors that differ by less than these percentage points. */
const SAME_PERCENT = 0.1;

/**
 * Compares throughput, errors and latencies of two loads, while the rate held if it did in both, else over all. The mean
 * and what a single call can decide are left out.
 */
export function compareLoads(before: LoadResults, after: LoadResults): readonly ComparedFigure[] {
  const [a, b] = comparedFigures(before, after);
  const figures = [higherIsBetter(a.perSecond, b.perSecond), moreErrors(a.unserved * 100, b.unserved * 100)];
  for (const rank of ['p50', 'p90', 'p95', 'p99'] as const) {
    figures.push(lowerIsBetter(rank, a.latencyMs[rank], b.latencyMs[rank]));
  }
  if (before.delivery !== undefined && after.delivery !== undefined) {
    for (const rank of ['p50', 'p99'] as const) {
      const [was, is] = [before.delivery.latencyMs[rank], after.delivery.latencyMs[rank]];
      figures.push(lowerIsBetter(`delivery ${rank}`, was, is));
    }
  }
  return figures;
}

/** The parts of two loads that are compared. */
export function comparedFigures(before: LoadResults, after: LoadResults): readonly [LoadFigures, LoadFigures] {
  if (before.hold !== undefined && after.hold !== undefined) return [before.hold, after.hold];
  return [before.total, after.total];
}

/** Those that are worse by more than this share. */
export function worseFigures(figures: readonly ComparedFigure[], share: number): readonly ComparedFigure[] {
  return figures.filter(({ worseBy }) => worseBy > share);
}

/** What differs in what the two were asked to do, which makes figures incomparable. */
export function differentSettings(before: LoadResults, after: LoadResults): readonly string[] {
  const names = Object.keys(before.settings) as (keyof LoadResults['settings'])[];
  return names.filter((name) => JSON.stringify(before.settings[name]) !== JSON.stringify(after.settings[name]));
}

const ratioOf = (before: number, after: number): number | undefined => (before === 0 ? undefined : after / before);

function higherIsBetter(before: number, after: number): ComparedFigure {
  const worseBy = before === 0 ? 0 : Math.max(0, 1 - after / before);
  return { name: 'throughput', unit: '/s', before, after, ratio: ratioOf(before, after), worseBy };
}

function lowerIsBetter(name: string, before: number, after: number): ComparedFigure {
  const isSame = after - before < SAME_MS;
  const worseBy = isSame ? 0 : after / Math.max(before, SAME_MS) - 1;
  return { name, unit: 'ms', before, after, ratio: ratioOf(before, after), worseBy: Math.max(0, worseBy) };
}

function moreErrors(before: number, after: number): ComparedFigure {
  const worseBy = after - before < SAME_PERCENT ? 0 : after / Math.max(before, SAME_PERCENT) - 1;
  return { name: 'errors', unit: '%', before, after, ratio: ratioOf(before, after), worseBy: Math.max(0, worseBy) };
}
