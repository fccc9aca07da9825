import type { Appended } from '../storage.js';
import type { Expiring } from './expiry-queue.js';
import { OVERHEAD_BYTES } from './memory-bounds.js';
import type { MemoryBounds } from './memory-bounds.js';
import type { SubjectLog } from './subject-log.js';

/** An idempotency key and what its first append was answered. */
export class RememberedKey implements Expiring {
  removed = false;

  constructor(
    readonly subject: SubjectLog,
    readonly key: string,
    /** One character per byte. */
    readonly digest: string,
    readonly appended: Appended,
    readonly expireTimeUs: number,
    readonly bounds: MemoryBounds,
  ) {}

  get storedBytes(): number {
    return keyBytes(this.key);
  }

  release(): number {
    const { subject } = this;
    if (subject.keys.get(this.key) === this) subject.keys.delete(this.key);
    subject.storedBytes -= this.storedBytes;
    this.bounds.take(-this.storedBytes);
    return 1;
  }
}

export function keyBytes(key: string): number {
  return OVERHEAD_BYTES.idempotencyKey + 2 * key.length;
}

export function digestText(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('latin1');
}
