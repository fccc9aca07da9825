import type { StoredRecord } from '../storage.js';
import type { Expiring } from './expiry-queue.js';
import { OVERHEAD_BYTES } from './memory-bounds.js';
import type { MemoryBounds } from './memory-bounds.js';
import { SortedKeys } from './sorted-keys.js';

/** The records of one partition, expired ones included until they are removed. */
export class MemoryPartition {
  readonly keys = new SortedKeys();
  readonly #records = new Map<string, MemoryRecord>();
  readonly #emptied: () => void;

  constructor(emptied: () => void) {
    this.#emptied = emptied;
  }

  get(key: string): MemoryRecord | undefined {
    return this.#records.get(key);
  }

  add(record: MemoryRecord): void {
    this.#records.set(record.key, record);
    this.keys.add(record.key);
  }

  delete(key: string): void {
    this.#records.delete(key);
    this.keys.delete(key);
    if (this.#records.size === 0) this.#emptied();
  }
}

const NOTHING = new Uint8Array(0);

export class MemoryRecord implements Expiring {
  readonly storedBytes: number;
  #value: Uint8Array;
  removed = false;

  constructor(
    readonly partition: MemoryPartition,
    readonly key: string,
    value: Uint8Array,
    readonly version: number,
    readonly expireTimeUs: number,
    readonly bounds: MemoryBounds,
  ) {
    // Not a Buffer: that would be a view of Node's shared pool, which one long-lived record would keep as a whole.
    this.#value = new Uint8Array(value);
    this.storedBytes = recordBytes(key, value);
  }

  stored(): StoredRecord {
    return { key: this.key, value: this.#value, version: this.version, expireTimeUs: this.expireTimeUs };
  }

  release(): number {
    this.partition.delete(this.key);
    this.bounds.take(-this.storedBytes);
    // The queue may hold the object a little longer.
    this.#value = NOTHING;
    return 1;
  }
}

export function recordBytes(key: string, value: Uint8Array): number {
  return OVERHEAD_BYTES.record + 2 * key.length + value.length;
}
