/** How fast a bucket fills, and what it holds at most. */
export interface BucketRate {
  /** More than 0. */
  readonly perSecond: number;
  /** At least 1. */
  readonly capacity: number;
}

/** Fractions of tokens that were rounded must not cost another wait. */
const TOLERANCE = 1e-6;

/**
 * Tokens that come back with time. A message waits for as many tokens as it costs, but never for more than a full
 * bucket; what it costs beyond that is a debt. So no message is too large to be ever taken, and the rate holds all the
 * same.
 */
export class TokenBucket {
  #rate: BucketRate;
  /** Negative while there is a debt. */
  #tokens: number;
  #filledMs: number;

  /** Full. */
  constructor(rate: BucketRate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.capacity;
    this.#filledMs = nowMs;
  }

  /** Of the last fill. */
  get rate(): BucketRate {
    return this.#rate;
  }

  /** Adds what has come since the last call, by the rate of now, which may be another than before. */
  fill(rate: BucketRate, nowMs: number): void {
    this.#rate = rate;
    this.#tokens = Math.min(rate.capacity, this.#tokens + ((nowMs - this.#filledMs) / 1000) * rate.perSecond);
    this.#filledMs = nowMs;
  }

  /** Whether a message of this cost may be taken. */
  has(cost: number): boolean {
    return this.#tokens + TOLERANCE >= Math.min(cost, this.#rate.capacity);
  }

  /** Whether all of this is there, without a debt. */
  hasAll(cost: number): boolean {
    return this.#tokens + TOLERANCE >= cost;
  }

  take(cost: number): void {
    this.#tokens -= cost;
  }

  /** Whole milliseconds until `has` is true, if nothing is taken meanwhile. */
  waitMs(cost: number): number {
    const missing = Math.min(cost, this.#rate.capacity) - this.#tokens - TOLERANCE;
    return Math.max(0, Math.ceil((missing / this.#rate.perSecond) * 1000));
  }

  /** Whether it is, by then, the same as a new one. */
  isFullAt(nowMs: number): boolean {
    const { perSecond, capacity } = this.#rate;
    return this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond >= capacity;
  }
}
