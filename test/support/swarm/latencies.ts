/** Durations in milliseconds, to be described by percentiles. */
export class Latencies {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
  }

  get count(): number {
    return this.#values.length;
  }

  /** @param share 0 to 1; 1 is the longest */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  }

  get summary(): string {
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => this.percentile(share).toFixed(1));
    return `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms of ${this.count}`;
  }
}
