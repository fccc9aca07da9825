/**
 * When a benchmark is done: after so many messages or after so much time, whichever is first. Time runs from the first
 * question.
 */
export class Goal {
  readonly #count: number;
  readonly #durationMs: number;
  #startMs: number | undefined;
  #claimed = 0;

  /** @param count Infinity: only the time counts; @param durationMs Infinity: only the number counts */
  constructor(count: number, durationMs: number) {
    this.#count = count;
    this.#durationMs = durationMs;
  }

  get expired(): boolean {
    this.#startMs ??= performance.now();
    return performance.now() - this.#startMs >= this.#durationMs;
  }

  /** Takes up to `wanted` messages to work on; 0 says that the goal is reached. */
  claim(wanted: number): number {
    if (this.expired) return 0;
    const granted = Math.min(wanted, this.#count - this.#claimed);
    this.#claimed += granted;
    return granted;
  }

  /** From 0 to 1, given what is finished. */
  progress(finished: number): number {
    const elapsedMs = this.#startMs === undefined ? 0 : performance.now() - this.#startMs;
    return Math.min(1, Math.max(finished / this.#count, elapsedMs / this.#durationMs));
  }
}
