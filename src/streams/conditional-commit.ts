import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import { Backoff } from '../core/backoff.js';
import type { CommitResult } from '../storage/storage.js';

/** Tries before giving up; each one that is lost means that another writer got through. */
const MAX_ATTEMPTS = 100;
/** Tries that follow at once. */
const HASTY_ATTEMPTS = 5;
/** Between the others: replicas that contend get out of step, and all of them together take some seconds to give up. */
const PAUSES = { firstMs: 2, maxMs: 100 };

/**
 * Reads, decides and commits until nobody has changed meanwhile what was read.
 *
 * @param attempt its commit, or undefined when nothing is to be done
 * @throws BrokerError STORAGE_UNAVAILABLE when others were faster too often
 */
export async function untilCommitted(
  clock: Clock,
  attempt: () => Promise<CommitResult | undefined>,
): Promise<(CommitResult & { committed: true }) | undefined> {
  const pauses = new Backoff(PAUSES);
  for (let attempts = 1; ; attempts++) {
    const result = await attempt();
    if (result === undefined) return undefined;
    if (result.committed) return result;
    if (attempts === MAX_ATTEMPTS) {
      throw new BrokerError('STORAGE_UNAVAILABLE', 'too many writers change the same records', { retryAfterMs: 100 });
    }
    if (attempts > HASTY_ATTEMPTS) await pause(clock, pauses.nextMs());
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
