import type { Clock } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import { HintListeners } from '../hint-listeners.js';
import type { MemoryBounds } from './memory-bounds.js';
import { MemoryExpiry } from './memory-expiry.js';
import { StorageTime } from './storage-time.js';

/** What the log and the records of one storage share. */
export class MemoryState {
  readonly time: StorageTime;
  readonly expiry: MemoryExpiry;
  readonly hints = new HintListeners();
  #open = true;

  constructor(
    clock: Clock,
    readonly bounds: MemoryBounds,
  ) {
    this.time = new StorageTime(clock);
    this.expiry = new MemoryExpiry(this.time);
  }

  /** @throws BrokerError STORAGE_UNAVAILABLE after {@link close} */
  checkOpen(): void {
    if (!this.#open) throw new BrokerError('STORAGE_UNAVAILABLE', 'the storage is closed');
  }

  close(): void {
    this.#open = false;
    this.hints.clear();
    this.expiry.queue.clear();
  }
}
