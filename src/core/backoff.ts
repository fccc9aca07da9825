/** Bounds of the time between two attempts, in milliseconds. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before each attempt: twice as long each time up to a bound, and of that a random part, so that the
 * replicas that lost a storage together do not come back together ("full jitter", Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog 2015), but never less than a quarter of it.
 */
export class Backoff {
  readonly #bounds: BackoffBounds;
  #attempts = 0;

  constructor(bounds: BackoffBounds) {
    this.#bounds = bounds;
  }

  nextMs(): number {
    const { firstMs, maxMs } = this.#bounds;
    const boundMs = Math.min(maxMs, firstMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return boundMs * (0.25 + 0.75 * Math.random());
  }

  reset(): void {
    this.#attempts = 0;
  }
}
