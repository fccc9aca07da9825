import type { EncodedChunk } from '../chunk.js';
import type { AppendSegment } from '../append-plan.js';

/**
 * Cuts a segment into parts of at most `maxBytes` where its chunks allow it: an id belongs to the part of the chunk that
 * holds it, so a part is only ever larger than a single chunk when chunks of lasting and of transient messages overlap.
 */
export function splitSegment(segment: AppendSegment, maxBytes: number): readonly AppendSegment[] {
  if (bytesOf(segment.chunks) + bytesOf(segment.transientChunks) <= maxBytes) return [segment];
  const all = [...segment.chunks, ...segment.transientChunks].toSorted((a, b) => a.firstId - b.firstId);
  const parts: AppendSegment[] = [];
  let from = 0;
  let bytes = 0;
  let lastId = -1;
  for (const chunk of all) {
    if (bytes > 0 && chunk.firstId > lastId && bytes + chunk.value.length > maxBytes) {
      parts.push(part(segment, from, chunk.firstId));
      from = chunk.firstId;
      bytes = 0;
    }
    bytes += chunk.value.length;
    lastId = Math.max(lastId, chunk.lastId);
  }
  parts.push(part(segment, from, segment.items.length));
  return parts;
}

/** Bytes that the chunks take as they are stored. */
export function bytesOf(chunks: readonly EncodedChunk[]): number {
  let bytes = 0;
  for (const { value } of chunks) bytes += value.length;
  return bytes;
}

function part(segment: AppendSegment, from: number, to: number): AppendSegment {
  const inside = (chunks: readonly EncodedChunk[]): readonly EncodedChunk[] =>
    chunks
      .filter(({ firstId }) => firstId >= from && firstId < to)
      .map((chunk) => ({ ...chunk, firstId: chunk.firstId - from, lastId: chunk.lastId - from }));
  return {
    indexes: segment.indexes.slice(from, to),
    items: segment.items.slice(from, to),
    chunks: inside(segment.chunks),
    transientChunks: inside(segment.transientChunks),
  };
}
