import type { Clock } from '../../core/clock.js';

/** The storage's clock: the machine's, but what has expired stays expired when that is set back. */
export class StorageTime {
  readonly #clock: Clock;
  #latestUs = 0;
  #lastPublishUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowUs(): number {
    this.#latestUs = Math.max(this.#latestUs, this.#clock.nowUs());
    return this.#latestUs;
  }

  /** The time of the next append, later than that of every earlier one. */
  nextPublishUs(): number {
    return Math.max(this.nowUs(), this.#lastPublishUs + 1);
  }

  published(publishTimeUs: number): void {
    this.#lastPublishUs = publishTimeUs;
  }

  /** Nothing that appears later has this time or an earlier one. */
  settledUs(): number {
    return this.#lastPublishUs === 0 ? this.nowUs() - 1 : this.#lastPublishUs;
  }
}
