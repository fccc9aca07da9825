/** Waits between attempts: doubled each time up to a bound, and spread at random so that clients do not come together. */
export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = { initialMs: 100, maxMs: 10_000 };

/**
 * Milliseconds to wait before attempt number `attempt` (0 for the first repetition): a random time from half of the
 * bound of that attempt to all of it.
 *
 * @param random from 0 up to, not including, 1
 * @param leastMs what the server asks to wait; the bound is then at least twice that, because it asks all its clients
 */
export function backoffMs(attempt: number, { initialMs, maxMs }: BackoffOptions, random: number, leastMs = 0): number {
  const bound = Math.max(leastMs * 2, Math.min(maxMs, initialMs * 2 ** Math.min(attempt, 30)));
  return bound / 2 + (bound / 2) * random;
}
