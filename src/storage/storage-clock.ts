import type { Clock } from '../core/clock.js';

/** Samples that are remembered; with one every few seconds they cover some minutes, in which clocks drift by little. */
const MAX_SAMPLES = 16;

interface Sample {
  /** Storage time minus this process's monotonic time, in microseconds. */
  readonly offsetUs: number;
  /** Half of the time that the question was on its way: how wrong the offset can be. */
  readonly errorUs: number;
}

/**
 * The clock of a storage on another machine, estimated as in NTP (RFC 5905, section 8): an answer that holds the
 * storage's time was given halfway between question and answer, and the quickest answer is the most exact one. This
 * process's own clock may be wrong by any amount. Never goes backwards.
 */
export class StorageClock {
  readonly #clock: Clock;
  #samples: Sample[] = [];
  #offsetUs: number | undefined;
  #latestUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Learns from an answer of the storage.
   *
   * @param askedMs monotonic time at which the question was sent; the answer has come just now
   * @param storageUs the storage's time in it
   */
  learn(askedMs: number, storageUs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const sample = {
      offsetUs: storageUs - ((askedMs + nowMs) / 2) * 1000,
      errorUs: ((nowMs - askedMs) / 2) * 1000,
    };
    // A clock that was set, or another server that answers now: what was known before is worth nothing.
    this.#samples = this.#samples.filter(
      (known) => Math.abs(known.offsetUs - sample.offsetUs) <= known.errorUs + sample.errorUs + 50_000,
    );
    this.#samples.push(sample);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    this.#offsetUs = this.#samples.reduce((best, known) => (known.errorUs < best.errorUs ? known : best)).offsetUs;
  }

  /** Microseconds since the Unix epoch by the storage; by this machine before anything was learnt. */
  nowUs(): number {
    const nowUs =
      this.#offsetUs === undefined
        ? this.#clock.nowUs()
        : Math.floor(this.#clock.monotonicMs() * 1000 + this.#offsetUs);
    this.#latestUs = Math.max(this.#latestUs, nowUs);
    return this.#latestUs;
  }
}
