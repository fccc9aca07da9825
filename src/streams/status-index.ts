import type { RecordStore, StoredRecord } from '../storage/storage.js';
import { MAP_POSITIONS, StatusMap } from './status-map.js';
import { blockKey, partitionOf, summaryKey } from './stream-keys.js';
import { PROCESSED, RETRY, UNPROCESSED, type EventStatus } from './streams.js';

/** Message ids from `first` to `last`, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

export interface FoundIds {
  /** In order, not touching each other's ids. */
  readonly ranges: readonly IdRange[];
  /** Everything before this id has been looked at. */
  readonly next: number;
}

/** Ranges of one answer, so that a storage is not asked for too many at once. */
const MAX_RANGES = 256;

/** Ids begin with 1, positions with 0. */
export const blockOf = (messageId: number): number => Math.floor((messageId - 1) / MAP_POSITIONS);
export const positionOf = (messageId: number): number => (messageId - 1) % MAP_POSITIONS;
export const summaryOf = (block: number): number => Math.floor(block / MAP_POSITIONS);
const firstIdOf = (block: number): number => block * MAP_POSITIONS + 1;

const EMPTY = StatusMap.empty();

function decode(record: StoredRecord | undefined): StatusMap | undefined {
  return record === undefined ? undefined : StatusMap.decode(record.value);
}

/**
 * Reads the status of events. A block is a map of 4,096 events, a summary a map of 4,096 blocks; both exist only where
 * something was marked. So looking for the few events of one status among millions reads the summary and the blocks
 * that hold them.
 */
export class StatusIndex {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** Ids of this status from `from` to `to`, at most `maxIds`. */
  async find(
    streamId: string,
    status: typeof UNPROCESSED | typeof RETRY,
    { from, to, maxIds }: { readonly from: number; readonly to: number; readonly maxIds: number },
  ): Promise<FoundIds> {
    const partition = partitionOf(streamId);
    const ranges: IdRange[] = [];
    let left = maxIds;
    let next = from;
    let summaryNumber = -1;
    let summary: StatusMap | undefined;
    while (next <= to && left > 0 && ranges.length < MAX_RANGES) {
      const block = blockOf(next);
      if (summaryOf(block) !== summaryNumber) {
        summaryNumber = summaryOf(block);
        summary = decode(await this.#records.get(partition, summaryKey(summaryNumber)));
      }
      const first = summaryNumber * MAP_POSITIONS;
      const relevant = first + firstRelevantBlock(summary, status, block - first);
      if (relevant !== block) {
        next = firstIdOf(relevant);
        continue;
      }
      const map = decode(await this.#records.get(partition, blockKey(block))) ?? EMPTY;
      const base = firstIdOf(block);
      const end = Math.min(MAP_POSITIONS, to - base + 1);
      let position = next - base;
      while (position < end && left > 0 && ranges.length < MAX_RANGES) {
        const begin = nextOf(map, status, position, true);
        if (begin >= end) {
          position = end;
          break;
        }
        position = Math.min(end, begin + left, nextOf(map, status, begin, false));
        left -= position - begin;
        ranges.push({ first: base + begin, last: base + position - 1 });
      }
      next = base + position;
    }
    return { ranges, next };
  }

  /** The status of each of these ids, which must be in order. */
  async statuses(streamId: string, messageIds: readonly number[]): Promise<readonly EventStatus[]> {
    const partition = partitionOf(streamId);
    const statuses: EventStatus[] = [];
    let loaded = -1;
    let map = EMPTY;
    for (const id of messageIds) {
      const block = blockOf(id);
      if (block !== loaded) {
        loaded = block;
        map = decode(await this.#records.get(partition, blockKey(block))) ?? EMPTY;
      }
      statuses.push(statusAt(map, positionOf(id)));
    }
    return statuses;
  }
}

export function statusAt(map: StatusMap, position: number): EventStatus {
  if (map.isRetry(position)) return RETRY;
  return map.isSettled(position) ? PROCESSED : UNPROCESSED;
}

/** The first block of a summary from `from` on that holds something of this status; MAP_POSITIONS when none does. */
function firstRelevantBlock(summary: StatusMap | undefined, status: EventStatus, from: number): number {
  if (status === RETRY) return summary === undefined ? MAP_POSITIONS : summary.nextRetry(from, true);
  return summary === undefined ? from : summary.nextSettled(from, false);
}

/** The first position from `from` on that has this status, or that has another one. */
function nextOf(map: StatusMap, status: EventStatus, from: number, has: boolean): number {
  return status === RETRY ? map.nextRetry(from, has) : map.nextSettled(from, !has);
}
