import { createHistogram } from 'node:perf_hooks';

export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What a benchmark counts. */
export class Measurement {
  readonly #latencies = createHistogram();
  #messages = 0;
  #startMs = performance.now();
  #endMs: number | undefined;

  get messages(): number {
    return this.#messages;
  }

  /** Begins the time that rates are computed over; without it that is the construction. */
  start(): void {
    this.#startMs = performance.now();
  }

  stop(): void {
    this.#endMs ??= performance.now();
  }

  add(messages: number): void {
    this.#messages += messages;
  }

  /** One sample of what a caller waited for. */
  latency(ms: number): void {
    this.#latencies.record(Math.max(1, Math.round(ms * 1e6)));
  }

  get seconds(): number {
    return ((this.#endMs ?? performance.now()) - this.#startMs) / 1000;
  }

  get perSecond(): number {
    return this.seconds === 0 ? 0 : this.#messages / this.seconds;
  }

  /** Milliseconds; undefined when nothing was sampled. */
  get latenciesMs(): Latencies | undefined {
    if (this.#latencies.count === 0) return undefined;
    const percentile = (rank: number): number => this.#latencies.percentile(rank) / 1e6;
    return { p50: percentile(50), p90: percentile(90), p99: percentile(99), max: this.#latencies.max / 1e6 };
  }
}
