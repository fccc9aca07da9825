import type { BrokerError } from '../core/errors.js';
import { keyReused, messageTooLarge, staleFence, unexpectedLastId } from './append-errors.js';
import { encodeRun } from './chunk-run.js';
import type { ChunkLimits } from './chunk-run.js';
import { expireTimeOf } from './chunk.js';
import type { EncodedChunk } from './chunk.js';
import type { AppendItem, AppendResult, Fence } from './storage.js';
import { subjectIdentity } from './subject-identity.js';
import { compareUtf8 } from './utf8-order.js';

/**
 * Items that follow each other in one subject and stand or fall together: those without a condition, those under the
 * same fence, or a single one with an idempotency key or an expected id.
 */
export interface AppendSegment {
  /** Where the items stand in the call. */
  readonly indexes: readonly number[];
  /** In order; each takes one id when the segment is appended. */
  readonly items: readonly AppendItem[];
  /** Relative chunks of the lasting messages; their ids count from the segment's beginning. */
  readonly chunks: readonly EncodedChunk[];
  /** The same for the transient messages. */
  readonly transientChunks: readonly EncodedChunk[];
}

/** What one call appends to one subject, in order. */
export interface SubjectAppend {
  readonly subject: string;
  readonly segments: readonly AppendSegment[];
}

/** What the storage did with a segment. Only a single item can be a `duplicate`, `key-reused` or `unexpected`. */
export type SegmentOutcome =
  | { readonly kind: 'appended'; readonly firstId: number; readonly publishTimeUs: number }
  | { readonly kind: 'duplicate'; readonly id: number; readonly publishTimeUs: number; readonly expireTimeUs: number }
  | { readonly kind: 'key-reused'; readonly id: number }
  | { readonly kind: 'stale'; readonly currentToken: number }
  | { readonly kind: 'unexpected'; readonly lastId: number }
  /** Each item of the segment fails with this. */
  | { readonly kind: 'failed'; readonly error: BrokerError };

/**
 * An append for a storage that gives out ids and times itself: what to write is encoded before they are known, and
 * conditions are left to the storage, segment by segment. The storage checks a segment's idempotency key, fence and
 * expected id in this order, all of them in the first item, and takes one id for each item if they hold.
 */
export class AppendPlan {
  /** In the order of the subjects' UTF-8 bytes, so that whoever locks them one by one cannot run into a deadlock. */
  readonly subjects: readonly SubjectAppend[];
  readonly #items: readonly AppendItem[];
  readonly #results: AppendResult[] = [];
  readonly #limits: ChunkLimits | undefined;

  /**
   * @param maxMessageBytes largest body that the storage holds; items beyond it fail at once
   * @param limits of chunks, when they are not the usual ones
   */
  constructor(items: readonly AppendItem[], maxMessageBytes: number, limits?: ChunkLimits) {
    this.#items = items;
    this.#limits = limits;
    const bySubject = new Map<string, number[]>();
    for (const [index, { subject, body }] of items.entries()) {
      if (body.length > maxMessageBytes) {
        this.#results[index] = messageTooLarge(maxMessageBytes, body.length);
        continue;
      }
      const indexes = bySubject.get(subject);
      if (indexes === undefined) bySubject.set(subject, [index]);
      else indexes.push(index);
    }
    this.subjects = [...bySubject]
      .toSorted(([a], [b]) => compareUtf8(a, b))
      .map(([subject, indexes]) => ({ subject, segments: this.#segments(subject, indexes) }));
  }

  /** Notes what became of a segment. */
  settle(subject: string, segment: AppendSegment, outcome: SegmentOutcome): void {
    for (const [position, index] of segment.indexes.entries()) {
      this.#results[index] = resultOf(subject, segment.items[position] as AppendItem, position, outcome);
    }
  }

  /** One result per item, once every segment is settled. */
  results(): readonly AppendResult[] {
    return this.#results;
  }

  #segments(subject: string, indexes: readonly number[]): readonly AppendSegment[] {
    const identity = subjectIdentity(subject);
    const segments: AppendSegment[] = [];
    for (let from = 0; from < indexes.length;) {
      const first = this.#items[indexes[from] as number] as AppendItem;
      let to = from + 1;
      while (to < indexes.length && standTogether(first, this.#items[indexes[to] as number] as AppendItem)) to += 1;
      segments.push(encodeSegment(identity, this.#items, indexes.slice(from, to), this.#limits));
      from = to;
    }
    return segments;
  }
}

function standTogether(first: AppendItem, next: AppendItem): boolean {
  return !isSingle(first) && !isSingle(next) && sameFence(first.fence, next.fence);
}

function isSingle(item: AppendItem): boolean {
  return item.idempotency !== undefined || item.expectedLastId !== undefined;
}

function sameFence(a: Fence | undefined, b: Fence | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.lock === b.lock && a.token === b.token);
}

function encodeSegment(
  identity: number,
  all: readonly AppendItem[],
  indexes: readonly number[],
  limits: ChunkLimits | undefined,
): AppendSegment {
  const items = indexes.map((index) => all[index] as AppendItem);
  const encode = (run: readonly AppendItem[]): readonly EncodedChunk[] =>
    encodeRun({ identity, firstId: 0, publishTimeUs: 0, items: run, relative: true }, limits);
  const transient = items.some((item) => item.transient === true)
    ? encode(items.map((item) => ({ ...item, transient: item.transient !== true })))
    : [];
  return { indexes, items, chunks: encode(items), transientChunks: transient };
}

function resultOf(subject: string, item: AppendItem, position: number, outcome: SegmentOutcome): AppendResult {
  switch (outcome.kind) {
    case 'appended': {
      const { firstId, publishTimeUs } = outcome;
      return {
        id: firstId + position,
        publishTimeUs,
        expireTimeUs: expireTimeOf(item, publishTimeUs),
        duplicate: false,
      };
    }
    case 'duplicate': {
      const { id, publishTimeUs, expireTimeUs } = outcome;
      return { id, publishTimeUs, expireTimeUs, duplicate: true };
    }
    case 'key-reused':
      return keyReused(outcome.id);
    case 'stale':
      return staleFence(subject, item.fence as Fence, outcome.currentToken);
    case 'unexpected':
      return unexpectedLastId(subject, item.expectedLastId as number, outcome.lastId);
    case 'failed':
      return outcome.error;
  }
}
