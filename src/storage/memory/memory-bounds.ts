import { BrokerError } from '../../core/errors.js';

/**
 * What things occupy beside their own bytes, rounded up from the heap growth measured with a million of each on
 * Node 20 (64-bit). Counting them keeps the bounds honest for tiny messages.
 */
export const OVERHEAD_BYTES = {
  /** A chunk: its object, its buffer with the memory behind it, its places in the subject and the expiry queue. */
  chunk: 640,
  subject: 1024,
  fence: 256,
  idempotencyKey: 512,
  record: 640,
} as const;

/** Counts the bytes of the whole storage against its bound. */
export class MemoryBounds {
  #usedBytes = 0;

  constructor(
    /** Most bytes of one subject. */
    readonly maxSubjectBytes: number,
    /** Most bytes in all. */
    readonly maxTotalBytes: number,
    /** Most idempotency keys that one subject remembers at a time. */
    readonly maxSubjectKeys: number,
  ) {}

  get usedBytes(): number {
    return this.#usedBytes;
  }

  fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.maxTotalBytes;
  }

  /** Takes bytes, or gives them back when negative. */
  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  full(): BrokerError {
    return new BrokerError('STORAGE_FULL', `the storage holds its limit of ${this.maxTotalBytes} bytes`, {
      fields: { limit: String(this.maxTotalBytes) },
    });
  }

  subjectFull(subject: string): BrokerError {
    return new BrokerError('STORAGE_FULL', `subject "${subject}" holds its limit of ${this.maxSubjectBytes} bytes`, {
      fields: { limit: String(this.maxSubjectBytes) },
    });
  }

  keysFull(subject: string): BrokerError {
    return new BrokerError(
      'STORAGE_FULL',
      `subject "${subject}" remembers its limit of ${this.maxSubjectKeys} idempotency keys`,
      { fields: { limit: String(this.maxSubjectKeys) } },
    );
  }

  tooLarge(bytes: number): BrokerError {
    return new BrokerError('MESSAGE_TOO_LARGE', `message of ${bytes} bytes does not fit into an empty subject`, {
      fields: { limit: String(this.maxSubjectBytes), actual: String(bytes) },
    });
  }
}
