/** Chunks of a first page: a chunk is up to 64 KiB, or one large message. */
const FIRST_PAGE = 24;

/** Most chunks of any page. */
const MAX_PAGE = 500;

/** What a page should come to, by the chunks of the page before. */
const PAGE_BYTES = 1024 * 1024;

/**
 * How many chunks to ask for.
 *
 * @param messages that are still wanted; a chunk has at least one
 * @param chunkBytes average of the chunks so far; absent at first, NaN when there were none
 */
export function pageRows(messages: number, chunkBytes?: number): number {
  const byBytes =
    chunkBytes === undefined || Number.isNaN(chunkBytes) ? FIRST_PAGE : PAGE_BYTES / Math.max(1, chunkBytes);
  // One more than wanted shows whether an answer reaches the end.
  return Math.max(1, Math.min(MAX_PAGE, Math.floor(byBytes), messages + 1));
}
