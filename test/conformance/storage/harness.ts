import type { Capabilities, Storage } from '../../../src/storage/storage.js';
import type { ManualClock } from '../../support/manual-clock.js';
import type { Clause } from './clause.js';

/** For one operation of a storage on the network: a busy machine is no failure, and the suites test no limits of time. */
export const OPERATION_TIMEOUT_MS = 30_000;

/** How the suite lets time pass for a storage. */
export interface StorageTime {
  /** Shortest time, in milliseconds, that the suite must be able to tell from twice as much. */
  readonly granularityMs: number;
  /** Resolves when at least `ms` milliseconds have passed by the storage's clock. */
  advance(ms: number): Promise<void>;
  /** The clock's time when it moves only by {@link advance}, so that exact moments can be tested; absent otherwise. */
  readonly nowUs?: () => number;
}

/** What a driver gives to `describeStorage`. */
export interface StorageHarness {
  /** The driver's. */
  readonly name: string;
  /** As `REQUIRE_BACKENDS` names it, where that is not the driver's name: one of several releases. */
  readonly backend?: string;
  /** What the storage must report; clauses that need more are not registered. */
  readonly capabilities: Capabilities;
  readonly time: StorageTime;
  /** Why the storage cannot be tested here and how to change that; undefined when it can. */
  unavailable(): string | undefined;
  /**
   * Opens the storage of a namespace (letters, digits and `_`, at most 32). A second call opens it again after it was
   * closed, or, when `capabilities.shared`, as a second process would while the first is open.
   */
  open(namespace: string): Promise<Storage>;
  /** Removes whatever a namespace left; called before its first use and after its test, also when nothing is there. */
  destroy(namespace: string): Promise<void>;
  /** The storage's own server removes what has expired, so there is nothing for `expire()` to do. */
  readonly expiresByItself?: true;
  /** Clauses that this driver may not meet, with the reason; each is reported as skipped. */
  readonly excused?: Partial<Record<Clause, string>>;
}

/** Time for storages that are driven by a clock that stands still. */
export function manualTime(clock: ManualClock): StorageTime {
  return { granularityMs: 1, advance: async (ms) => clock.advance(ms), nowUs: () => clock.nowUs() };
}
