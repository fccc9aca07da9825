import type { Clock } from '../../core/clock.js';

/** When an operation has to be over, on the monotonic clock. */
export class Deadline {
  readonly #clock: Clock;
  readonly #endMs: number;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#endMs = clock.monotonicMs() + timeoutMs;
  }

  get leftMs(): number {
    return this.#endMs - this.#clock.monotonicMs();
  }

  get passed(): boolean {
    return this.leftMs <= 0;
  }

  /** Waits, but not beyond the end. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(Math.min(delayMs, Math.max(0, this.leftMs)), resolve));
  }
}
