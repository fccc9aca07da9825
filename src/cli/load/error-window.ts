/** Seconds that are looked at together, and how many calls they must have to say anything. */
const WINDOW_SECONDS = 5;
const LEAST_CALLS = 100;

/** Calls of one second by how they ended; dropped ones could not be started. */
export interface CallCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly dropped: number;
}

/** The share of calls that were not served, 0 when there were none. */
export function unservedShare({ succeeded, failed, dropped }: CallCounts): number {
  const all = succeeded + failed + dropped;
  return all === 0 ? 0 : (failed + dropped) / all;
}

/** Tells when too many of the last calls were not served. */
export class ErrorWindow {
  readonly #maxShare: number;
  #seconds: readonly CallCounts[] = [];

  /** @param maxShare from 0 to 1 */
  constructor(maxShare: number) {
    this.#maxShare = maxShare;
  }

  /** Takes the next second; answers whether the share of the last five is too large, of at least a hundred calls. */
  isExceeded(second: CallCounts): boolean {
    this.#seconds = [...this.#seconds, second].slice(-WINDOW_SECONDS);
    const sum = (key: keyof CallCounts): number => this.#seconds.reduce((total, counts) => total + counts[key], 0);
    const counts = { succeeded: sum('succeeded'), failed: sum('failed'), dropped: sum('dropped') };
    if (counts.succeeded + counts.failed + counts.dropped < LEAST_CALLS) return false;
    return unservedShare(counts) > this.#maxShare;
  }
}
