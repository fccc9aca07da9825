import type { ArrivalSchedule } from './arrival-schedule.js';
import type { CallCounts } from './error-window.js';
import { LogHistogram } from './log-histogram.js';

export type LoadOperation = 'publish' | 'fetch';

/**
 * What happened in one second. Calls count in the second they ended in, dropped ones in that they were due in; whatever
 * ends after the last second counts in it.
 */
export interface SecondCounts extends CallCounts {
  readonly deliveries: number;
  readonly latencies: LogHistogram;
}

interface OpenSecond {
  succeeded: number;
  failed: number;
  dropped: number;
  deliveries: number;
  readonly latencies: LogHistogram;
}

/** Everything that is measured, in the order it happens. Times in milliseconds from the beginning of the load. */
export class LoadRecorder {
  readonly #fromMs: number;
  readonly #holdsFromMs: number;
  readonly #endMs: number;
  readonly #lastSecond: number;
  readonly #seconds: OpenSecond[] = [];
  readonly #failures = new Map<string, number>();

  readonly #all = new LogHistogram();
  readonly publish = new LogHistogram();
  readonly fetch = new LogHistogram();
  /** Publishes and fetches that were due while the rate held. */
  readonly hold = new LogHistogram();
  readonly holdCounts = { succeeded: 0, failed: 0, dropped: 0 };
  /** Answers that came before the end of the schedule, and those of them that came while the rate held. */
  readonly inTime = { all: 0, hold: 0 };
  readonly delivery = new LogHistogram();
  /** How much later than due calls were started: what this process itself was late. */
  readonly startDelay = new LogHistogram();
  #expectedDeliveries = 0;

  /** @param schedule nothing that is due before it is measured is recorded */
  constructor(schedule: Pick<ArrivalSchedule, 'measuredFromMs' | 'holdsFromMs' | 'endMs'>) {
    this.#fromMs = schedule.measuredFromMs;
    this.#holdsFromMs = schedule.holdsFromMs;
    this.#endMs = schedule.endMs;
    this.#lastSecond = Math.ceil((schedule.endMs - schedule.measuredFromMs) / 1000) - 1;
  }

  /** Why calls failed, and how many did for each reason. */
  get failures(): ReadonlyMap<string, number> {
    return this.#failures;
  }

  /** Deliveries that subscribers of this process owe to acknowledged publishes. */
  get expectedDeliveries(): number {
    return this.#expectedDeliveries;
  }

  /** Publishes and fetches together. */
  get total(): { readonly counts: CallCounts; readonly all: LogHistogram } {
    const sum = (count: (second: CallCounts) => number): number =>
      this.#seconds.reduce((total, second) => total + count(second), 0);
    return {
      counts: {
        succeeded: sum(({ succeeded }) => succeeded),
        failed: sum(({ failed }) => failed),
        dropped: sum(({ dropped }) => dropped),
      },
      all: this.#all,
    };
  }

  /** Second number `index` of what is measured, so far. */
  second(index: number): SecondCounts {
    return this.#seconds[index] ?? emptySecond();
  }

  started(dueMs: number, nowMs: number): void {
    if (dueMs >= this.#fromMs) this.startDelay.record((nowMs - dueMs) * 1000);
  }

  dropped(dueMs: number): void {
    if (dueMs < this.#fromMs) return;
    this.#at(dueMs).dropped++;
    if (dueMs >= this.#holdsFromMs) this.holdCounts.dropped++;
  }

  /** @param deliveries that the call will cause */
  succeeded(operation: LoadOperation, dueMs: number, nowMs: number, deliveries: number): void {
    if (dueMs < this.#fromMs) return;
    const us = (nowMs - dueMs) * 1000;
    const second = this.#at(nowMs);
    second.succeeded++;
    second.latencies.record(us);
    this.#all.record(us);
    this[operation].record(us);
    this.#expectedDeliveries += deliveries;
    if (nowMs < this.#endMs) {
      this.inTime.all++;
      if (nowMs >= this.#holdsFromMs) this.inTime.hold++;
    }
    if (dueMs < this.#holdsFromMs) return;
    this.hold.record(us);
    this.holdCounts.succeeded++;
  }

  failed(reason: string, dueMs: number, nowMs: number): void {
    if (dueMs < this.#fromMs) return;
    this.#at(nowMs).failed++;
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    if (dueMs >= this.#holdsFromMs) this.holdCounts.failed++;
  }

  delivered(dueMs: number, nowMs: number): void {
    if (dueMs < this.#fromMs) return;
    this.#at(nowMs).deliveries++;
    this.delivery.record((nowMs - dueMs) * 1000);
  }

  #at(ms: number): OpenSecond {
    const index = Math.min(Math.floor((ms - this.#fromMs) / 1000), this.#lastSecond);
    while (this.#seconds.length <= index) this.#seconds.push(emptySecond());
    return this.#seconds[index] ?? emptySecond();
  }
}

function emptySecond(): OpenSecond {
  return { succeeded: 0, failed: 0, dropped: 0, deliveries: 0, latencies: new LogHistogram() };
}
