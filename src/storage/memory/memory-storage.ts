import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { Capabilities, Hint, Storage } from '../storage.js';
import { MemoryBounds } from './memory-bounds.js';
import { MemoryLog } from './memory-log.js';
import { MemoryRecords } from './memory-records.js';
import { MemoryState } from './memory-state.js';

const MIB = 1024 * 1024;

export const MEMORY_CAPABILITIES: Capabilities = {
  durability: 'none',
  atomicAcrossSubjects: true,
  shared: false,
  remoteHints: false,
  totalOrder: true,
};

export interface MemoryStorageOptions {
  readonly clock: Clock;
  /** Most bytes that one subject may occupy, overhead included. 64 MiB by default. */
  readonly maxSubjectBytes?: number;
  /** Most bytes that everything together may occupy, overhead included. 512 MiB by default. */
  readonly maxTotalBytes?: number;
  /** Most idempotency keys that one subject remembers at a time. 100,000 by default. */
  readonly maxSubjectKeys?: number;
}

/**
 * Keeps everything in this process's memory and loses it with the process. Bounded: what does not fit is refused with
 * STORAGE_FULL, also the idempotency key that would be one too many; only what has expired ever makes room.
 */
export class MemoryStorage implements Storage {
  readonly name = 'memory';
  readonly capabilities = MEMORY_CAPABILITIES;
  readonly epoch = randomUUID();
  readonly log: MemoryLog;
  readonly records: MemoryRecords;
  readonly #state: MemoryState;

  constructor(options: MemoryStorageOptions) {
    const { clock, maxSubjectBytes = 64 * MIB, maxTotalBytes = 512 * MIB, maxSubjectKeys = 100_000 } = options;
    this.#state = new MemoryState(clock, new MemoryBounds(maxSubjectBytes, maxTotalBytes, maxSubjectKeys));
    this.log = new MemoryLog(this.#state);
    this.records = new MemoryRecords(this.#state);
  }

  /** Bytes in use of `maxTotalBytes`. */
  get usedBytes(): number {
    return this.#state.bounds.usedBytes;
  }

  nowUs(): number {
    return this.#state.time.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#state.hints.add(listener);
  }

  async ping(): Promise<void> {
    this.#state.checkOpen();
  }

  async close(): Promise<void> {
    this.#state.close();
    this.log.clear();
    this.records.clear();
  }
}

export function createMemoryStorage(options: MemoryStorageOptions): MemoryStorage {
  return new MemoryStorage(options);
}
