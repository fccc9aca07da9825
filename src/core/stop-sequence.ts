import type { Clock } from './clock.js';
import { stopAll, type Running } from './lifecycle.js';

/**
 * What runs, in the order of starting. Stopped in reverse, and no part holds up the others for longer than what is left
 * of the whole time.
 */
export class StopSequence implements Running {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #running: Running[] = [];
  #deadlineMs = 0;
  #stopped: Promise<void> | undefined;

  /** @param timeoutMs for all parts together */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  add(name: string, part: Running): void {
    this.#running.push({
      stop: () => {
        const leftMs = this.#deadlineMs - this.#clock.monotonicMs();
        return this.#within(name, part, Math.max(0, leftMs));
      },
    });
  }

  /** Rejects with an AggregateError of the parts that failed or did not stop in time. */
  stop(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
      this.#stopped = stopAll(this.#running);
    }
    return this.#stopped;
  }

  async #within(name: string, part: Running, limitMs: number): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.after(limitMs, () => {
        reject(new Error(`${name} did not stop within ${Math.round(limitMs)} ms`));
      });
    });
    try {
      await Promise.race([part.stop(), late]);
    } finally {
      cancel();
    }
  }
}
