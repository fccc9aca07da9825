import type { Fence } from '../storage/storage.js';

/**
 * What every event is written with: the version of the stream's record. Once the subject has seen a later one (the
 * stream was removed, or there is a new one of this name) writers that still hold the old definition are refused.
 */
export function streamFence(version: number): Fence {
  return { lock: 'stream', token: version };
}
