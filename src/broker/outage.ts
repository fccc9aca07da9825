import { BrokerError } from '../core/errors.js';
import { Backoff } from '../core/backoff.js';

/** Between two tries while the storage is away. The storage itself looks out for its return and refuses at once till then. */
const TRIES = { firstMs: 100, maxMs: 1_000 };

/** Somebody who goes on once the storage is back. */
export interface OutageWaiter {
  /** It is over: nobody waits any more. */
  readonly ended: boolean;
  /** Resolves after so many milliseconds, or at once when it is over. */
  pause(ms: number): Promise<void>;
}

/** Whether the storage cannot be reached now, and may be later. */
export function isOutage(error: unknown): boolean {
  return error instanceof BrokerError && error.reason === 'STORAGE_UNAVAILABLE';
}

/** Repeats what fails because the storage is away, until it is back or `waiter` is over. Other failures pass. */
export async function throughOutages<T>(operation: () => Promise<T>, waiter: OutageWaiter): Promise<T> {
  const tries = new Backoff(TRIES);
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (!isOutage(error) || waiter.ended) throw error;
      await waiter.pause(tries.nextMs());
      if (waiter.ended) throw error;
    }
  }
}
