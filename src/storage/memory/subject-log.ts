import { isExpired, messageSize } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import { Chunk } from '../chunk.js';
import type { PurgeResult, ReadRange, ReadResult, SubjectHead, SubjectInfo } from '../storage.js';
import type { RememberedKey } from './remembered-key.js';
import type { StoredChunk } from './stored-chunk.js';

/** Room of one `read` call: counts down the bytes, but the first message goes in however large it is. */
export interface ReadRoom {
  bytes: number;
  empty: boolean;
}

/** One subject: its head, its chunks in id order, its fences and its idempotency keys. */
export class SubjectLog {
  lastId = 0;
  lastPublishTimeUs = 0;
  /** What the subject occupies, overhead included. */
  storedBytes = 0;
  readonly fences = new Map<string, number>();
  readonly keys = new Map<string, RememberedKey>();
  #messages = 0;
  #bytes = 0;
  /** Ids below were purged, even if the chunk that holds one remains. */
  #purgedBelow = 1;
  /** In id order; removed ones stay as gaps until they are half of the list. */
  #chunks: StoredChunk[] = [];
  /** Index of the first chunk that is not removed. */
  #first = 0;
  #removed = 0;

  constructor(
    readonly name: string,
    /** Number of the subject within the storage. */
    readonly identity: number,
  ) {}

  add(chunk: StoredChunk): void {
    this.#chunks.push(chunk);
    this.#messages += chunk.messages;
    this.#bytes += chunk.bytes;
    this.storedBytes += chunk.storedBytes;
  }

  /** Forgets a chunk that is marked as removed. */
  drop(chunk: StoredChunk): void {
    this.#messages -= chunk.messages;
    this.#bytes -= chunk.bytes;
    this.storedBytes -= chunk.storedBytes;
    this.#removed += 1;
    while (this.#chunks[this.#first]?.removed === true) this.#first += 1;
    if (this.#removed * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.filter((each) => !each.removed);
    this.#first = 0;
    this.#removed = 0;
  }

  head(): SubjectHead {
    const firstStored = this.#chunks[this.#first]?.firstId ?? this.lastId + 1;
    return {
      lastId: this.lastId,
      lastPublishTimeUs: this.lastPublishTimeUs,
      firstId: Math.max(firstStored, this.#purgedBelow),
    };
  }

  info(): SubjectInfo {
    return { subject: this.name, ...this.head(), messages: this.#messages, bytes: this.#bytes };
  }

  get(id: number, nowUs: number): Message | undefined {
    if (id < this.#purgedBelow) return undefined;
    const stored = this.#chunks[this.#indexFrom(id)];
    if (stored === undefined || stored.removed) return undefined;
    const message = this.#open(stored).message(id);
    return message === undefined || isExpired(message, nowUs) ? undefined : message;
  }

  read(range: ReadRange, room: ReadRoom, nowUs: number): ReadResult {
    const messages: Message[] = [];
    const { firstId, lastId } = this.head();
    const nextId =
      range.backwards === true
        ? this.#readDown(range, firstId, messages, room, nowUs)
        : this.#readUp(range, firstId, messages, room, nowUs);
    return { messages, nextId, firstId, lastId };
  }

  /** Answers `nextId`. */
  #readUp(range: ReadRange, firstId: number, messages: Message[], room: ReadRoom, nowUs: number): number {
    const from = Math.max(range.fromId, firstId);
    for (let index = this.#indexFrom(from); index < this.#chunks.length; index += 1) {
      const stored = this.#chunks[index] as StoredChunk;
      if (stored.removed || isExpired(stored, nowUs)) continue;
      const chunk = this.#open(stored);
      for (let id = Math.max(from, chunk.firstId); id <= chunk.lastId; id += 1) {
        if (messages.length >= range.maxMessages) return id;
        const message = chunk.message(id);
        if (message === undefined || isExpired(message, nowUs)) continue;
        if (!takeRoom(room, message)) return messages.length === 0 ? range.fromId : id;
        messages.push(message);
      }
    }
    return this.lastId + 1;
  }

  /** Answers `nextId`. */
  #readDown(range: ReadRange, firstId: number, messages: Message[], room: ReadRoom, nowUs: number): number {
    const from = Math.min(range.fromId, this.lastId);
    let index = this.#indexFrom(from);
    if ((this.#chunks[index]?.firstId ?? Infinity) > from) index -= 1;
    for (; index >= this.#first; index -= 1) {
      const stored = this.#chunks[index] as StoredChunk;
      if (stored.removed || isExpired(stored, nowUs)) continue;
      const chunk = this.#open(stored);
      for (let id = Math.min(from, chunk.lastId); id >= Math.max(firstId, chunk.firstId); id -= 1) {
        if (messages.length >= range.maxMessages) return id;
        const message = chunk.message(id);
        if (message === undefined || isExpired(message, nowUs)) continue;
        if (!takeRoom(room, message)) return messages.length === 0 ? range.fromId : id;
        messages.push(message);
      }
    }
    return 0;
  }

  /**
   * Every stored message from the answered id on was published at `timeUs` or later, every one below it earlier. Where
   * ids have no message any more it is the smallest that may have had such a time.
   */
  idAtTime(timeUs: number): number {
    if (timeUs > this.lastPublishTimeUs) return this.lastId + 1;
    let low = this.#first;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle] as StoredChunk).publishTimeUs < timeUs) low = middle + 1;
      else high = middle;
    }
    const earlier = this.#chunks[low - 1];
    return earlier === undefined ? 1 : earlier.lastId + 1;
  }

  /** Removes messages below `beforeId` and hands each chunk that has none left to `discard`. */
  purge(beforeId: number, dryRun: boolean, discard: (chunk: StoredChunk) => void): PurgeResult {
    const below = Math.max(Math.min(beforeId, this.lastId + 1), this.#purgedBelow);
    let messages = 0;
    let bytes = 0;
    for (const stored of this.#chunks.slice(this.#first, this.#indexFrom(below) + 1)) {
      if (stored.removed || stored.firstId >= below) continue;
      const part = stored.lastId < below ? stored : this.#countBelow(stored, below);
      messages += part.messages;
      bytes += part.bytes;
      if (dryRun) continue;
      if (part === stored) {
        discard(stored);
        continue;
      }
      stored.messages -= part.messages;
      stored.bytes -= part.bytes;
      this.#messages -= part.messages;
      this.#bytes -= part.bytes;
    }
    if (!dryRun) this.#purgedBelow = below;
    return { messages, bytes, firstId: Math.max(below, this.#firstIdFrom(below)) };
  }

  #countBelow(stored: StoredChunk, below: number): { readonly messages: number; readonly bytes: number } {
    const chunk = this.#open(stored);
    let messages = 0;
    let bytes = 0;
    for (let id = Math.max(stored.firstId, this.#purgedBelow); id < below; id += 1) {
      if (!chunk.has(id)) continue;
      messages += 1;
      bytes += chunk.size(id);
    }
    return { messages, bytes };
  }

  /** The first id of the first chunk that reaches `id` or lies above, `lastId + 1` when there is none. */
  #firstIdFrom(id: number): number {
    let index = this.#indexFrom(id);
    while (this.#chunks[index]?.removed === true) index += 1;
    return this.#chunks[index]?.firstId ?? this.lastId + 1;
  }

  /** Index of the first chunk, removed or not, whose last id is `id` or above. */
  #indexFrom(id: number): number {
    let low = this.#first;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle] as StoredChunk).lastId < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #open(stored: StoredChunk): Chunk {
    return Chunk.open(stored.value, { subject: this.name, identity: this.identity, firstId: stored.firstId });
  }
}

function takeRoom(room: ReadRoom, message: Message): boolean {
  const bytes = messageSize(message);
  if (bytes > room.bytes && !room.empty) return false;
  room.bytes -= bytes;
  room.empty = false;
  return true;
}
