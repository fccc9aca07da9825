import { ExpiryQueue } from './expiry-queue.js';
import type { StorageTime } from './storage-time.js';

/** Messages, idempotency keys and records that one step removes at least, when so many have expired. */
const STEP = 1000;

/** Removes what has expired: in steps when asked to, and at once as far as an append needs the room. */
export class MemoryExpiry {
  readonly queue = new ExpiryQueue();
  readonly #time: StorageTime;

  constructor(time: StorageTime) {
    this.#time = time;
  }

  /** True when there is more to do now. */
  step(): boolean {
    return this.queue.releaseExpired(this.#time.nowUs(), STEP);
  }

  /** Removes what has expired until `fits` holds; false when it does not with everything expired removed. */
  makeRoom(fits: () => boolean): boolean {
    let more = true;
    while (!fits()) {
      if (!more) return false;
      more = this.step();
    }
    return true;
  }
}
