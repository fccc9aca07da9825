import type { types } from 'cassandra-driver';
import type { AppendItem } from '../storage.js';
import type { EncodedChunk } from '../chunk.js';
import { TRANSIENT_LIFE_US } from '../storage.js';
import { NEVER_EXPIRES } from '../../core/message.js';
import { ttlSeconds } from './physical-life.js';
import type { Session, Statement } from './session.js';
import type { BatchPlace } from './subject-writer.js';

/** The `kind` of a row in `messages`. */
export const KIND = { chunk: 0, transient: 1, key: 2 } as const;

/** An idempotency key that a batch remembers. */
export interface KeyRow {
  readonly key: string;
  readonly digest: Uint8Array;
  readonly untilUs: number;
  /** The first append's answer. */
  readonly id: number;
  readonly publishTimeUs: number;
  readonly expireTimeUs: number;
}

/** A chunk with its place in the log. */
export interface ChunkRow {
  readonly kind: typeof KIND.chunk | typeof KIND.transient;
  /** What the relative chunk's ids count from. */
  readonly fromId: number;
  readonly publishTimeUs: number;
  readonly chunk: EncodedChunk;
}

/** The statements that put rows of a batch into a bucket. */
export class MessageRows {
  readonly #epoch: types.Uuid;
  readonly #insertChunk: string;
  readonly #insertKey: string;
  readonly #deleteBelow: string;

  constructor(session: Session, epoch: types.Uuid) {
    this.#epoch = epoch;
    const { messages } = session.tables;
    this.#insertChunk =
      `INSERT INTO ${messages} (epoch, subject, bucket, kind, id, name, batch_id, first_id, published, expires, ` +
      "messages, bytes, chunk) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?) USING TTL ?";
    this.#insertKey =
      `INSERT INTO ${messages} (epoch, subject, bucket, kind, id, name, first_id, published, expires, digest, until) ` +
      `VALUES (?, ?, ?, ${KIND.key}, 0, ?, ?, ?, ?, ?, ?) USING TTL ?`;
    this.#deleteBelow = `DELETE FROM ${messages} WHERE epoch = ? AND subject = ? AND bucket = ? AND kind = ? AND id < ?`;
  }

  chunk(subject: string, { bucket, commitId }: BatchPlace, row: ChunkRow): Statement {
    const { kind, fromId, publishTimeUs, chunk } = row;
    const expireTimeUs = chunk.expireTimeUs === NEVER_EXPIRES ? NEVER_EXPIRES : publishTimeUs + chunk.expireTimeUs;
    const endUs = kind === KIND.transient ? publishTimeUs + TRANSIENT_LIFE_US : expireTimeUs;
    return {
      query: this.#insertChunk,
      params: [
        ...[this.#epoch, subject, bucket, kind, fromId + chunk.lastId, commitId, fromId + chunk.firstId],
        ...[publishTimeUs, expireTimeUs, chunk.messages, chunk.bytes, chunk.value, ttlSeconds(endUs, publishTimeUs)],
      ],
    };
  }

  key(subject: string, bucket: number, row: KeyRow): Statement {
    const { key, digest, untilUs, id, publishTimeUs, expireTimeUs } = row;
    return {
      query: this.#insertKey,
      params: [
        ...[this.#epoch, subject, bucket, key, id, publishTimeUs, expireTimeUs],
        ...[Buffer.from(digest), untilUs, ttlSeconds(untilUs, publishTimeUs)],
      ],
    };
  }

  /** Removes the chunks that end below an id. */
  deleteBelow(subject: string, bucket: number, beforeId: number): readonly Statement[] {
    return [KIND.chunk, KIND.transient].map((kind) => ({
      query: this.#deleteBelow,
      params: [this.#epoch, subject, bucket, kind, beforeId],
    }));
  }
}

/** What remembers the key of an item that became message `id`. */
export function keyRowOf(item: AppendItem, place: { readonly id: number; readonly publishTimeUs: number }): KeyRow[] {
  const { idempotency, ttlUs } = item;
  if (idempotency === undefined) return [];
  const { key, digest, windowUs } = idempotency;
  const { id, publishTimeUs } = place;
  const expireTimeUs = ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : publishTimeUs + ttlUs;
  return [{ key, digest, untilUs: publishTimeUs + windowUs, id, publishTimeUs, expireTimeUs }];
}
