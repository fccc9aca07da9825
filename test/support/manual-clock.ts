import type { Clock } from '../../src/core/clock.js';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowUs: number;
  #elapsedMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(startUs = Date.UTC(2026, 0, 1) * 1000) {
    this.#nowUs = startUs;
  }

  nowUs(): number {
    return this.#nowUs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Not a matter of time: comes as soon as with the real clock. */
  soon(callback: () => void): void {
    setImmediate(callback);
  }

  /** Moves time forwards and fires what becomes due, in order. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#moveTo(Math.max(due.dueMs, this.#elapsedMs));
      due.callback();
    }
    this.#moveTo(end);
  }

  #moveTo(elapsedMs: number): void {
    this.#nowUs += Math.round((elapsedMs - this.#elapsedMs) * 1000);
    this.#elapsedMs = elapsedMs;
  }

  /** Timers that have not fired or been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }
}
