import type { Clock } from '../../core/clock.js';

/** Between two questions for the cluster's time; quartz drifts by well below a millisecond meanwhile. */
const INTERVAL_MS = 5000;

/** Asks for the cluster's time every few seconds. */
export class TimeSampling {
  readonly #clock: Clock;
  readonly #sample: () => Promise<void>;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(clock: Clock, sample: () => Promise<void>) {
    this.#clock = clock;
    this.#sample = sample;
  }

  start(): void {
    this.#cancel = this.#clock.after(INTERVAL_MS, () => {
      // A cluster that cannot be asked is noticed by whoever needs more of it than the time.
      this.#running = this.#sample().then(
        () => this.#again(),
        () => this.#again(),
      );
    });
  }

  /** Waits for a question that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  #again(): void {
    if (!this.#stopped) this.start();
  }
}
