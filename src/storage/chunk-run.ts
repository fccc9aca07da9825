import { NEVER_EXPIRES } from '../core/message.js';
import { encodeChunk, expireTimeOf } from './chunk.js';
import type { ChunkRun, EncodedChunk } from './chunk.js';
import type { AppendItem } from './storage.js';

/** Most bytes of bodies in one chunk; a larger message is a chunk by itself. Bounds what a single fetch has to load. */
export const MAX_CHUNK_BYTES = 64 * 1024;

/** Most ids in one chunk. */
export const MAX_CHUNK_IDS = 512;

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
export function encodeRun(run: ChunkRun): readonly EncodedChunk[] {
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
      index - from < MAX_CHUNK_IDS && bytes + item.body.length <= MAX_CHUNK_BYTES && itemClass === chunkClass;
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
