import type { BrokerError } from '../../core/errors.js';
import { keyReused, staleFence, unexpectedLastId } from '../append-errors.js';
import { encodeRun, MAX_CHUNK_BYTES, MAX_CHUNK_IDS } from '../chunk-run.js';
import { expireTimeOf } from '../chunk.js';
import type { EncodedChunk } from '../chunk.js';
import { headerBlockLength } from '../header-block.js';
import type { Appended, AppendItem, AppendResult, Idempotency } from '../storage.js';
import { OVERHEAD_BYTES } from './memory-bounds.js';
import type { MemoryBounds } from './memory-bounds.js';
import type { MemoryExpiry } from './memory-expiry.js';
import { digestText, keyBytes, RememberedKey } from './remembered-key.js';
import type { SubjectLog } from './subject-log.js';

/** Most bytes of the chunk format for the chunk itself and for each id. */
const CHUNK_BYTES = 64;
const ID_BYTES = 20;

/**
 * What one append call will do to one subject: decides item by item, each seeing the earlier ones, and changes nothing,
 * so that a call that does not fit into the storage as a whole leaves no trace.
 */
export class SubjectDraft {
  readonly items: AppendItem[] = [];
  readonly fences = new Map<string, number>();
  readonly keys = new Map<string, RememberedKey>();
  /** What the subject itself occupies when it is new. */
  readonly subjectBytes: number;
  /** At least the bytes by which the subject will grow. */
  growthBytes: number;
  #chunkIds = MAX_CHUNK_IDS;
  #chunkBytes = 0;
  #chunkTtlUs = -1;

  constructor(
    readonly subject: SubjectLog,
    readonly publishTimeUs: number,
    readonly nowUs: number,
    readonly bounds: MemoryBounds,
    readonly expiry: MemoryExpiry,
  ) {
    this.subjectBytes = subject.lastId === 0 ? OVERHEAD_BYTES.subject + 4 * subject.name.length : 0;
    this.growthBytes = this.subjectBytes;
  }

  add(item: AppendItem): AppendResult {
    const repeated = item.idempotency === undefined ? undefined : this.#repeated(item.idempotency);
    const refused = repeated ?? this.#staleFence(item) ?? this.#unexpectedId(item) ?? this.#noRoom(item);
    if (refused !== undefined) return refused;
    this.items.push(item);
    const appended = {
      id: this.#lastId,
      publishTimeUs: this.publishTimeUs,
      expireTimeUs: expireTimeOf(item, this.publishTimeUs),
      duplicate: false,
    };
    if (item.fence !== undefined) this.fences.set(item.fence.lock, item.fence.token);
    if (item.idempotency !== undefined) this.#remember(item.idempotency, appended);
    return appended;
  }

  encode(): readonly EncodedChunk[] {
    const { subject, publishTimeUs, items } = this;
    return encodeRun({ identity: subject.identity, firstId: subject.lastId + 1, publishTimeUs, items });
  }

  get #lastId(): number {
    return this.subject.lastId + this.items.length;
  }

  #repeated({ key, digest }: Idempotency): AppendResult | undefined {
    const known = this.keys.get(key) ?? this.subject.keys.get(key);
    if (known === undefined || known.expireTimeUs <= this.nowUs) return undefined;
    if (known.digest === digestText(digest)) return { ...known.appended, duplicate: true };
    return keyReused(known.appended.id);
  }

  #staleFence({ fence }: AppendItem): BrokerError | undefined {
    if (fence === undefined) return undefined;
    const current = this.fences.get(fence.lock) ?? this.subject.fences.get(fence.lock) ?? 0;
    if (fence.token >= current) return undefined;
    return staleFence(this.subject.name, fence, current);
  }

  #unexpectedId({ expectedLastId: expected }: AppendItem): BrokerError | undefined {
    const actual = this.#lastId;
    if (expected === undefined || expected === actual) return undefined;
    return unexpectedLastId(this.subject.name, expected, actual);
  }

  #noRoom(item: AppendItem): BrokerError | undefined {
    const { subject, bounds, expiry } = this;
    const messageBytes = ID_BYTES + item.body.length + (item.headers.length > 0 ? headerBlockLength(item.headers) : 0);
    const beginsChunk =
      this.#chunkIds >= MAX_CHUNK_IDS ||
      item.ttlUs !== this.#chunkTtlUs ||
      this.#chunkBytes + item.body.length > MAX_CHUNK_BYTES;
    let growth = beginsChunk ? messageBytes + CHUNK_BYTES + OVERHEAD_BYTES.chunk : messageBytes;
    if (growth > bounds.maxSubjectBytes) return bounds.tooLarge(messageBytes);
    if (item.fence !== undefined && !this.#knowsLock(item.fence.lock)) growth += fenceBytes(item.fence.lock);
    if (item.idempotency !== undefined) {
      const keysLeft = (): boolean => subject.keys.size + this.keys.size < bounds.maxSubjectKeys;
      if (!keysLeft() && !expiry.makeRoom(keysLeft)) return bounds.keysFull(subject.name);
      growth += keyBytes(item.idempotency.key);
    }
    growth += this.growthBytes;
    if (subject.storedBytes + growth > bounds.maxSubjectBytes) {
      const fits = expiry.makeRoom(() => subject.storedBytes + growth <= bounds.maxSubjectBytes);
      if (!fits) return bounds.subjectFull(subject.name);
    }
    this.growthBytes = growth;
    this.#chunkIds = beginsChunk ? 1 : this.#chunkIds + 1;
    this.#chunkBytes = beginsChunk ? item.body.length : this.#chunkBytes + item.body.length;
    this.#chunkTtlUs = item.ttlUs;
    return undefined;
  }

  #knowsLock(lock: string): boolean {
    return this.fences.has(lock) || this.subject.fences.has(lock);
  }

  #remember({ key, digest, windowUs }: Idempotency, appended: Appended): void {
    const untilUs = this.publishTimeUs + windowUs;
    this.keys.set(key, new RememberedKey(this.subject, key, digestText(digest), appended, untilUs, this.bounds));
  }
}

/** What a subject pays for each lock whose largest token it remembers, for ever. */
export function fenceBytes(lock: string): number {
  return OVERHEAD_BYTES.fence + 2 * lock.length;
}
