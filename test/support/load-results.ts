import { figuresOf, type LoadResults, type LoadSecond, percentilesOf } from '../../src/cli/load/load-results.js';
import { LogHistogram } from '../../src/cli/load/log-histogram.js';

/** Results of a load of ten seconds whose calls all took `ms` but for one in fifty, which took ten times as long. */
export function sampleResults(changes: Partial<LoadResults> = {}, { ms = 4, failed = 0 } = {}): LoadResults {
  const histogram = new LogHistogram();
  for (let call = 0; call < 1000; call++) histogram.record((call % 50 === 0 ? 10 * ms : ms) * 1000);
  const total = figuresOf({
    counts: { succeeded: 1000, failed, dropped: 0 },
    asked: 1000 + failed,
    seconds: 10,
    answered: 1000,
    latencies: histogram,
  });
  return {
    format: 1,
    startTime: '2026-11-21T12:00:00.000Z',
    ended: 'complete',
    version: '0.1.0',
    machine: { cpu: 'Some CPU <fast> & "cheap"', cores: 2, memory: 2 ** 34, system: 'Linux 6', node: 'v20.20.0' },
    server: { version: '0.1.0', storage: 'postgres', durability: 'machine' },
    notes: { commit: '<script>alert(1)</script>' },
    settings: {
      ...{ protocol: 'v1', connections: 4, from: 50, to: 150, warmUpMs: 1000, riseMs: 5000, holdMs: 5000 },
      ...{ fetchShare: 0.1, subscribers: 0, maxInFlight: 100, maxErrors: 0.05, body: { min: 5, max: 15 } },
    },
    total,
    hold: total,
    publishMs: percentilesOf(histogram),
    startDelayMs: percentilesOf(histogram),
    failures: failed === 0 ? {} : { DEADLINE_EXCEEDED: failed },
    seconds: sampleSeconds(10, ms),
    latencyBuckets: histogram.buckets,
    ...changes,
  };
}

export function sampleSeconds(count: number, ms = 4): readonly LoadSecond[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ second: index + 1, asked: 100, succeeded: 100, failed: 0, dropped: 0, inFlight: 1, deliveries: 0 },
    ...{ p50: ms, p95: ms, p99: 10 * ms, max: 10 * ms },
  }));
}
