import { NEVER_EXPIRES } from '../core/message.js';
import { encodeChunk, expireTimeOf } from './chunk.js';
import type { ChunkRun, EncodedChunk } from './chunk.js';
import type { AppendItem } from './storage.js';

/** Bounds of a chunk, smaller than the usual ones where a storage has to take whole chunks in its hands. */
export interface ChunkLimits {
  readonly maxBytes: number;
  readonly maxIds: number;
}

/** Most bytes of bodies in one chunk; a larger message is a chunk by itself. Bounds what a single fetch has to load. */
export const MAX_CHUNK_BYTES = 64 * 1024;

/** Most ids in one chunk. */
export const MAX_CHUNK_IDS = 512;

const USUAL_LIMITS: ChunkLimits = { maxBytes: MAX_CHUNK_BYTES, maxIds: MAX_CHUNK_IDS };

/** A chunk goes as a whole when its last message has expired, so none stays longer than this part of its life … */
const LIFE_PARTS = 8;

/** … or this, when its life is short. */
const MIN_STEP_US = 1_000_000;

/**
 * Messages of one expiry class may share a chunk: their expire times lie within one step of an eighth of their life
 * (rounded down to a power of two, so that similar lives have the same steps), but at least a second.
 */
export function expiryClass(item: Pick<AppendItem, 'ttlUs'>, publishTimeUs: number): number {
  if (item.ttlUs === NEVER_EXPIRES) return NEVER_EXPIRES;
  const stepUs = Math.max(MIN_STEP_US, 2 ** Math.floor(Math.log2(item.ttlUs / LIFE_PARTS)));
  return Math.ceil(expireTimeOf(item, publishTimeUs) / stepUs) * stepUs;
}

/** Encodes a run as the chunks that hold it, in id order. Transient items take ids; a run of nothing else has none. */
export function encodeRun(run: ChunkRun, limits = USUAL_LIMITS): readonly EncodedChunk[] {
  const chunks: EncodedChunk[] = [];
  const { items } = run;
  let from = 0;
  let to = 0;
  let bytes = 0;
  let ttlUs = -1;
  let chunkClass = -1;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] as AppendItem;
    if (item.transient === true) continue;
    const itemClass = item.ttlUs === ttlUs ? chunkClass : expiryClass(item, run.publishTimeUs);
    const fits =
      index - from < limits.maxIds && bytes + item.body.length <= limits.maxBytes && itemClass === chunkClass;
    if (to === from || !fits) {
      if (to > from) chunks.push(encodeChunk(run, from, to));
      from = index;
      bytes = 0;
    }
    to = index + 1;
    bytes += item.body.length;
    ttlUs = item.ttlUs;
    chunkClass = itemClass;
  }
  if (to > from) chunks.push(encodeChunk(run, from, to));
  return chunks;
}
