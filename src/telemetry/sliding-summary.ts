import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Summary, type Registry } from 'prom-client';
import type { Clock } from '../core/clock.js';

/** A quantile covers the last 5 to 10 minutes: the half that is being filled and the one before it. */
const HALF_WINDOW_MS = 5 * 60_000;

const QUANTILES = [0.5, 0.95, 0.99] as const;

class Series {
  sum = 0;
  count = 0;
  #current = createHistogram();
  #previous: RecordableHistogram | undefined;
  #rotateAtMs: number;

  constructor(nowMs: number) {
    this.#rotateAtMs = nowMs + HALF_WINDOW_MS;
  }

  record(seconds: number, nowMs: number): void {
    this.#rotate(nowMs);
    this.sum += seconds;
    this.count++;
    // The histogram counts whole nanoseconds from 1 upwards.
    this.#current.record(Math.max(1, Math.round(seconds * 1e9)));
  }

  /** In seconds, one per {@link QUANTILES}; NaN when nothing was recorded lately, as Prometheus has it. */
  quantiles(nowMs: number): readonly number[] {
    this.#rotate(nowMs);
    const merged = createHistogram();
    merged.add(this.#current);
    if (this.#previous !== undefined) merged.add(this.#previous);
    return QUANTILES.map((quantile) => (merged.count === 0 ? Number.NaN : merged.percentile(quantile * 100) / 1e9));
  }

  #rotate(nowMs: number): void {
    if (nowMs < this.#rotateAtMs) return;
    this.#previous = nowMs < this.#rotateAtMs + HALF_WINDOW_MS ? this.#current : undefined;
    this.#current = createHistogram();
    this.#rotateAtMs = nowMs + HALF_WINDOW_MS;
  }
}

/**
 * A Prometheus summary over a sliding window. It keeps Node's native histograms instead of prom-client's digests: a
 * record costs 23 ns instead of 2.7 µs (measured with a window in both).
 */
export class SlidingSummary extends Summary<string> {
  // Not `#private`: the constructor of the base class calls `reset()` before this class has its fields.
  private series: Map<string, Series> | undefined;
  private readonly clock: Clock;
  private readonly label: string;

  constructor(options: { name: string; help: string; label: string; registry: Registry; clock: Clock }) {
    super({
      name: options.name,
      help: options.help,
      labelNames: [options.label],
      percentiles: [...QUANTILES],
      registers: [options.registry],
    });
    this.clock = options.clock;
    this.label = options.label;
    this.series = new Map();
  }

  /** Records under one value of the label, which must be one of a few. */
  record(labelValue: string, seconds: number): void {
    const nowMs = this.clock.monotonicMs();
    let series = this.series?.get(labelValue);
    if (series === undefined) {
      series = new Series(nowMs);
      this.series?.set(labelValue, series);
    }
    series.record(seconds, nowMs);
  }

  override async get() {
    const metric = await super.get();
    const nowMs = this.clock.monotonicMs();
    return {
      ...metric,
      values: [...(this.series ?? [])].flatMap(([labelValue, series]) => {
        const labels = { [this.label]: labelValue };
        return [
          ...series.quantiles(nowMs).map((value, index) => ({
            labels: { quantile: QUANTILES[index] ?? 0, ...labels },
            value,
          })),
          { metricName: `${metric.name}_sum`, labels, value: series.sum },
          { metricName: `${metric.name}_count`, labels, value: series.count },
        ];
      }),
    };
  }

  override reset(): void {
    super.reset();
    this.series?.clear();
  }
}
