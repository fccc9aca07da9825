import type { EncodedChunk } from '../chunk.js';
import type { Expiring } from './expiry-queue.js';
import { OVERHEAD_BYTES } from './memory-bounds.js';
import type { MemoryBounds } from './memory-bounds.js';
import type { SubjectLog } from './subject-log.js';

const NOTHING = Buffer.alloc(0);

/** A chunk in its subject; expires when the last of its messages does. */
export class StoredChunk implements Expiring {
  readonly firstId: number;
  readonly lastId: number;
  readonly expireTimeUs: number;
  /** What it occupies, overhead included. */
  readonly storedBytes: number;
  messages: number;
  bytes: number;
  value: Buffer;
  removed = false;

  constructor(
    readonly subject: SubjectLog,
    readonly publishTimeUs: number,
    encoded: EncodedChunk,
    readonly bounds: MemoryBounds,
  ) {
    this.firstId = encoded.firstId;
    this.lastId = encoded.lastId;
    this.expireTimeUs = encoded.expireTimeUs;
    this.messages = encoded.messages;
    this.bytes = encoded.bytes;
    this.value = owned(encoded.value);
    this.storedBytes = storedBytes(encoded);
  }

  release(): number {
    const { messages } = this;
    this.subject.drop(this);
    this.bounds.take(-this.storedBytes);
    // The queue or the subject's list may hold the object a little longer.
    this.value = NOTHING;
    return messages;
  }
}

export function storedBytes(encoded: Pick<EncodedChunk, 'value'>): number {
  return encoded.value.length + OVERHEAD_BYTES.chunk;
}

/** A small buffer is a view of Node's shared pool, which one long-lived message would keep as a whole. */
function owned(value: Buffer): Buffer {
  if (value.buffer.byteLength === value.length) return value;
  const copy = Buffer.allocUnsafeSlow(value.length);
  copy.set(value);
  return copy;
}
