/** How the rate of arrivals goes: steady, rising in a straight line, steady. Times in milliseconds, rates per second. */
export interface LoadPhases {
  /** At `from`, before anything is measured. */
  readonly warmUpMs: number;
  readonly from: number;
  readonly riseMs: number;
  readonly to: number;
  readonly holdMs: number;
}

/**
 * When each call is due. Calls arrive at their times whether earlier ones are answered or not, as those of many
 * independent users do, so a server that stalls does not slow down what measures it.
 */
export class ArrivalSchedule {
  readonly #phases: LoadPhases;
  /** Arrivals of the warm-up, and of warm-up and rise. */
  readonly #warm: number;
  readonly #risen: number;

  constructor(phases: LoadPhases) {
    this.#phases = phases;
    const { warmUpMs, from, riseMs, to } = phases;
    this.#warm = (from * warmUpMs) / 1000;
    this.#risen = this.#warm + ((from + to) / 2) * (riseMs / 1000);
  }

  /** When measuring begins. */
  get measuredFromMs(): number {
    return this.#phases.warmUpMs;
  }

  /** When the rate has risen. */
  get holdsFromMs(): number {
    return this.#phases.warmUpMs + this.#phases.riseMs;
  }

  get endMs(): number {
    return this.holdsFromMs + this.#phases.holdMs;
  }

  /** All arrivals, those of the warm-up included. */
  get count(): number {
    return Math.max(0, Math.ceil(this.cumulative(this.endMs) - ROUNDING));
  }

  /** The integral of the rate from the beginning to this time: how many calls have been asked for. */
  cumulative(ms: number): number {
    const { warmUpMs, from, riseMs, to } = this.#phases;
    if (ms <= warmUpMs) return (from * ms) / 1000;
    if (ms <= this.holdsFromMs) {
      const seconds = (ms - warmUpMs) / 1000;
      return this.#warm + from * seconds + ((to - from) * seconds * seconds) / (2 * (riseMs / 1000));
    }
    return this.#risen + (to * (Math.min(ms, this.endMs) - this.holdsFromMs)) / 1000;
  }

  /** When arrival number `index` is due. Whole milliseconds, because timers know nothing finer. */
  timeOf(index: number): number {
    const { warmUpMs, from, riseMs, to } = this.#phases;
    if (index < this.#warm) return Math.floor((index / from) * 1000);
    if (index < this.#risen) {
      const missing = index - this.#warm;
      // The root of cumulative(t) = index, in the form that stays exact when both rates are the same.
      const root = Math.sqrt(from * from + (2 * missing * (to - from)) / (riseMs / 1000));
      return Math.floor(warmUpMs + ((2 * missing) / (from + root)) * 1000);
    }
    return Math.floor(this.holdsFromMs + ((index - this.#risen) / to) * 1000);
  }
}

/** Of the arithmetic: an arrival exactly at the end of the schedule is not part of it. */
const ROUNDING = 1e-6;
