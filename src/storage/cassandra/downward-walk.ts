import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type { Chunk } from '../chunk.js';
import type { ReadRange } from '../storage.js';
import type { MessageReader, StoredChunk } from './message-reader.js';
import { KIND } from './message-rows.js';
import { pageRows } from './page-rows.js';
import type { Room } from './room.js';
import { bytesAt } from './row-values.js';

/** One way down the log of a subject. */
export class DownwardWalk {
  readonly messages: Message[] = [];
  nextId: number;
  readonly #range: ReadRange;
  readonly #firstId: number;
  readonly #nowUs: number;
  readonly #room: Room;
  #complete = false;

  constructor(
    range: ReadRange,
    place: { readonly firstId: number; readonly lastId: number; readonly nowUs: number },
    room: Room,
  ) {
    this.#range = range;
    this.#firstId = place.firstId;
    this.#nowUs = place.nowUs;
    this.#room = room;
    this.nextId = Math.min(range.fromId, place.lastId);
  }

  /** Where the next read goes on. */
  finished(): number {
    if (!this.#complete || this.nextId < this.#firstId) return 0;
    return this.nextId;
  }

  /** Reads a bucket from `nextId` downwards; false when the answer is complete. */
  async bucket(number: number, reader: MessageReader): Promise<boolean> {
    const { subject, maxMessages } = this.#range;
    const range = { kind: KIND.chunk, fromId: this.nextId, toId: Number.MAX_SAFE_INTEGER, limit: 1 };
    const [reaching] = await reader.up(subject, number, range);
    if (reaching !== undefined && !this.#chunk(subject, reaching, reader)) return false;
    let limit = pageRows(maxMessages);
    for (let beforeId = Math.min(this.nextId + 1, reaching?.lastId ?? Infinity); ;) {
      const page = await reader.down(subject, number, beforeId, limit);
      let bytes = 0;
      for (const stored of page) {
        if (stored.lastId < this.#firstId) return true;
        if (!this.#chunk(subject, stored, reader)) return false;
        bytes += bytesAt(stored.row, 'chunk')?.length ?? 0;
      }
      if (page.length < limit) return true;
      beforeId = page.at(-1)?.lastId ?? 0;
      limit = pageRows(maxMessages - this.messages.length, bytes / page.length);
    }
  }

  #chunk(subject: string, stored: StoredChunk, reader: MessageReader): boolean {
    try {
      return this.#take(reader.open(subject, stored));
    } catch (error) {
      if (this.messages.length === 0) throw error;
      this.#complete = true;
      return false;
    }
  }

  #take(chunk: Chunk): boolean {
    const lowest = Math.max(chunk.firstId, this.#firstId);
    const expired = chunk.expireTimeUs !== NEVER_EXPIRES && chunk.expireTimeUs <= this.#nowUs;
    for (let id = Math.min(this.nextId, chunk.lastId); !expired && id >= lowest; id -= 1) {
      const message = chunk.message(id);
      if (message === undefined || isExpired(message, this.#nowUs)) continue;
      if (this.messages.length >= this.#range.maxMessages || !this.#room.take(message)) {
        this.nextId = this.messages.length === 0 ? this.#range.fromId : id;
        this.#complete = true;
        return false;
      }
      this.messages.push(message);
      this.nextId = id - 1;
    }
    return true;
  }
}
