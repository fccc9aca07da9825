import type { StorageHarness, StorageTime } from './harness.js';

/** Times of a second attempt are so much longer. */
const LONGER = 8;

/** Notes whether a case has let time pass. */
class ObservedTime implements StorageTime {
  readonly granularityMs: number;
  readonly nowUs?: () => number;
  readonly #time: StorageTime;
  waited = false;

  constructor(time: StorageTime, factor: number) {
    this.#time = time;
    this.granularityMs = time.granularityMs * factor;
    if (time.nowUs !== undefined) this.nowUs = time.nowUs;
  }

  advance(ms: number): Promise<void> {
    this.waited = true;
    return this.#time.advance(ms);
  }
}

/**
 * Runs a case. One that has let real time pass can fail because the machine was busy meanwhile: it then has to succeed with
 * times that are eight times as long.
 */
export async function withEnoughTime(
  harness: StorageHarness,
  run: (harness: StorageHarness) => Promise<void>,
): Promise<void> {
  const time = new ObservedTime(harness.time, 1);
  try {
    await run({ ...harness, time });
  } catch (error) {
    if (!time.waited || harness.time.nowUs !== undefined) throw error;
    await run({ ...harness, time: new ObservedTime(harness.time, LONGER) });
  }
}
