import type { AppendSegment, SegmentOutcome } from '../append-plan.js';
import type { AppendItem } from '../storage.js';
import { bytesOf } from './chunk-split.js';
import { KIND, keyRowOf } from './message-rows.js';
import type { ChunkRow, KeyRow, MessageRows } from './message-rows.js';
import { addChunks, livingClasses } from './subject-state.js';
import type { SubjectState } from './subject-state.js';
import { writableState } from './subject-writer.js';
import type { ProofRow, SubjectChange } from './subject-writer.js';
import type { KnownState } from './subject-states.js';

/** When a batch and a bucket are full. */
export interface AppendLimits {
  /** Chunks of one batch together; a larger one goes alone. */
  readonly batchBytes: number;
  /** Chunks and idempotency keys of one batch. */
  readonly batchRows: number;
  /** A partition is closed when its chunks reach this many bytes or rows. */
  readonly bucketBytes: number;
  readonly bucketRows: number;
  /** The largest chunk that the cluster takes. */
  readonly chunkBytes: number;
}

/**
 * What one batch will do to one subject: takes segments in order, as many as fit, each seeing the earlier ones, and decides
 * what becomes of them on the assumption that the subject is as it is known.
 */
export class AppendRound {
  readonly outcomes: { readonly segment: AppendSegment; readonly outcome: SegmentOutcome }[] = [];
  readonly #known: KnownState;
  readonly #limits: AppendLimits;
  readonly #nowUs: number;
  readonly #publishTimeUs: number;
  readonly #keys: Map<string, KeyRow>;
  readonly #newKeys: KeyRow[] = [];
  readonly #fences = new Map<string, number>();
  readonly #rows: ChunkRow[] = [];
  #bytes = 0;
  #state: SubjectState;

  constructor(
    known: KnownState,
    keys: ReadonlyMap<string, KeyRow>,
    { nowUs, limits }: { readonly nowUs: number; readonly limits: AppendLimits },
  ) {
    this.#known = known;
    this.#keys = new Map(keys);
    this.#limits = limits;
    this.#nowUs = nowUs;
    const base = writableState(known);
    this.#publishTimeUs = Math.max(nowUs, base.lastPublishTimeUs);
    this.#state = {
      ...base,
      batchFirstId: base.lastId + 1,
      batchChunks: 0,
      classes: livingClasses(base.classes, nowUs),
    };
  }

  /** Takes segments from the beginning and answers how many. */
  take(segments: readonly AppendSegment[]): number {
    let count = 0;
    for (const segment of segments) {
      if (!this.#fits(segment)) break;
      this.outcomes.push({ segment, outcome: this.#decide(segment) });
      count += 1;
    }
    return count;
  }

  /** True when an id is taken, so that there is something to write. */
  get writes(): boolean {
    return this.#state.lastId > this.#known.state.lastId;
  }

  change(subject: string, rows: MessageRows): SubjectChange {
    const { bucketBytes, bucketRows } = this.#limits;
    const state = { ...this.#state, lastPublishTimeUs: this.#publishTimeUs };
    const proof = this.#proof();
    return {
      state: { ...state, sealed: state.bucketBytes >= bucketBytes || state.bucketRows >= bucketRows },
      fences: this.#fences,
      statements: (place) => [
        ...this.#rows.map((row) => rows.chunk(subject, place, row)),
        ...this.#newKeys.map((key) => rows.key(subject, place.bucket, key)),
      ],
      ...(proof === undefined ? {} : { proof }),
    };
  }

  #proof(): ProofRow | undefined {
    const [row] = this.#rows;
    return row === undefined ? undefined : { kind: row.kind, id: row.fromId + row.chunk.lastId };
  }

  #fits(segment: AppendSegment): boolean {
    if (this.outcomes.length === 0) return true;
    const { batchBytes, batchRows } = this.#limits;
    const rows = this.#rows.length + this.#newKeys.length + rowsOf(segment);
    return rows <= batchRows && this.#bytes + bytesOf(segment.chunks) + bytesOf(segment.transientChunks) <= batchBytes;
  }

  /** In the order of the contract: idempotency key, fence, expected id. */
  #decide(segment: AppendSegment): SegmentOutcome {
    const first = segment.items[0] as AppendItem;
    return this.#repeated(first) ?? this.#stale(first) ?? this.#unexpected(first) ?? this.#append(segment, first);
  }

  #repeated({ idempotency }: AppendItem): SegmentOutcome | undefined {
    const known = idempotency === undefined ? undefined : this.#keys.get(idempotency.key);
    if (idempotency === undefined || known === undefined || known.untilUs <= this.#nowUs) return undefined;
    const { id, publishTimeUs, expireTimeUs } = known;
    if (Buffer.compare(known.digest, idempotency.digest) !== 0) return { kind: 'key-reused', id };
    return { kind: 'duplicate', id, publishTimeUs, expireTimeUs };
  }

  #stale({ fence }: AppendItem): SegmentOutcome | undefined {
    if (fence === undefined) return undefined;
    const currentToken = this.#fences.get(fence.lock) ?? this.#known.fences?.get(fence.lock) ?? 0;
    return fence.token < currentToken ? { kind: 'stale', currentToken } : undefined;
  }

  #unexpected({ expectedLastId }: AppendItem): SegmentOutcome | undefined {
    const { lastId } = this.#state;
    return expectedLastId === undefined || expectedLastId === lastId ? undefined : { kind: 'unexpected', lastId };
  }

  #append(segment: AppendSegment, first: AppendItem): SegmentOutcome {
    const publishTimeUs = this.#publishTimeUs;
    const fromId = this.#state.lastId + 1;
    const chunks = segment.chunks.map((chunk): ChunkRow => ({ kind: KIND.chunk, fromId, publishTimeUs, chunk }));
    const transient = segment.transientChunks.map((chunk): ChunkRow => ({
      kind: KIND.transient,
      fromId,
      publishTimeUs,
      chunk,
    }));
    this.#rows.push(...chunks, ...transient);
    const bytes = bytesOf(segment.chunks);
    this.#bytes += bytes + bytesOf(segment.transientChunks);
    for (const key of keyRowOf(first, { id: fromId, publishTimeUs })) {
      this.#keys.set(key.key, key);
      this.#newKeys.push(key);
    }
    if (first.fence !== undefined) this.#fences.set(first.fence.lock, first.fence.token);
    this.#state = this.#after(segment, fromId, bytes);
    return { kind: 'appended', firstId: fromId, publishTimeUs };
  }

  #after(segment: AppendSegment, fromId: number, bytes: number): SubjectState {
    const before = this.#state;
    const publishTimeUs = this.#publishTimeUs;
    const lastTransient = segment.transientChunks.at(-1);
    const keysUntilUs = this.#newKeys.at(-1)?.untilUs ?? 0;
    return {
      ...before,
      lastId: before.lastId + segment.items.length,
      bucketBytes: before.bucketBytes + bytes,
      bucketRows: before.bucketRows + rowsOf(segment),
      batchChunks: before.batchChunks + segment.chunks.length,
      ...(lastTransient === undefined
        ? {}
        : { transientId: fromId + lastTransient.lastId, transientTimeUs: publishTimeUs }),
      keysUntilUs: Math.max(before.keysUntilUs, keysUntilUs),
      classes: addChunks(before.classes, segment.chunks, { fromId, publishTimeUs }),
    };
  }
}

function rowsOf(segment: AppendSegment): number {
  const keys = segment.items[0]?.idempotency === undefined ? 0 : 1;
  return segment.chunks.length + segment.transientChunks.length + keys;
}
