import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type { Chunk } from '../chunk.js';
import { TRANSIENT_LIFE_US } from '../storage.js';
import type { ReadRange } from '../storage.js';
import type { BucketDirectory } from './bucket-directory.js';
import { KIND } from './message-rows.js';
import type { MessageReader } from './message-reader.js';
import { pageRows } from './page-rows.js';
import type { Room } from './room.js';
import type { KnownState } from './subject-states.js';

/** One way up the log of a subject, through its buckets and no further than the state says. */
export class UpwardWalk {
  readonly messages: Message[] = [];
  /** Where the next read goes on. */
  nextId: number;
  /** Chunks of the state's own batch that were found. */
  batchChunks = 0;
  /** Everything up to the state's last id was looked at. */
  atEnd = false;
  readonly #range: ReadRange;
  readonly #known: KnownState;
  readonly #room: Room;
  readonly #nowUs: number;
  #transient: readonly Message[] = [];
  #lastId: number;

  constructor(
    range: ReadRange,
    place: { readonly known: KnownState; readonly fromId: number; readonly nowUs: number },
    room: Room,
  ) {
    this.#range = range;
    this.#known = place.known;
    this.#room = room;
    this.#nowUs = place.nowUs;
    this.nextId = place.fromId;
    this.#lastId = place.known.state.lastId;
  }

  async run(directory: BucketDirectory, reader: MessageReader): Promise<void> {
    const { bucket, state } = this.#known;
    const only = { number: bucket, firstId: state.bucketFirstId, fromTimeUs: 0 };
    const buckets = this.nextId >= state.bucketFirstId ? [only] : await directory.upTo(this.#range.subject, bucket);
    for (const [index, { number }] of buckets.entries()) {
      const next = buckets[index + 1];
      const endId = (next?.firstId ?? Infinity) - 1;
      if (endId < this.nextId) continue;
      await this.#loadTransient(reader, number, endId, next?.fromTimeUs ?? state.transientTimeUs);
      if (!(await this.#bucket(reader, number, Math.min(endId, this.#lastId)))) return;
      if (this.#lastId <= endId) break;
    }
    this.nextId = this.#lastId + 1;
    this.atEnd = this.#lastId === state.lastId;
  }

  /** The messages of a bucket from `nextId` to `endId`; false when the answer is complete. */
  async #bucket(reader: MessageReader, number: number, endId: number): Promise<boolean> {
    const { subject, maxMessages } = this.#range;
    const { commitId } = this.#known;
    let limit = pageRows(maxMessages);
    for (let fromId = this.nextId; fromId <= endId;) {
      const page = await reader.up(subject, number, { kind: KIND.chunk, fromId, toId: endId, limit });
      let bytes = 0;
      for (const stored of page) {
        if (commitId !== null && stored.batchId?.equals(commitId) === true) this.batchChunks += 1;
        const chunk = this.#open(() => reader.open(subject, stored));
        if (chunk === undefined || !this.#chunk(chunk)) return false;
        bytes += chunk.bytes;
      }
      fromId = page.length < limit ? endId + 1 : (page.at(-1)?.lastId ?? endId) + 1;
      limit = pageRows(maxMessages - this.messages.length, bytes / page.length);
    }
    return this.#takeTransient(endId);
  }

  /** The messages of a chunk from `nextId` on; false when the answer is complete. */
  #chunk(chunk: Chunk): boolean {
    if (chunk.expireTimeUs !== NEVER_EXPIRES && chunk.expireTimeUs <= this.#nowUs) return true;
    const lastId = Math.min(chunk.lastId, this.#lastId);
    for (let id = Math.max(this.nextId, chunk.firstId); id <= lastId; id += 1) {
      if (!this.#takeTransient(id - 1)) return false;
      const message = this.#open(() => chunk.message(id) ?? NONE);
      if (message === undefined) return false;
      if (message !== NONE && !isExpired(message, this.#nowUs) && !this.#take(message)) return false;
    }
    return true;
  }

  #take(message: Message): boolean {
    if (this.messages.length >= this.#range.maxMessages || !this.#room.take(message)) {
      this.nextId = this.messages.length === 0 ? this.#range.fromId : message.id;
      return false;
    }
    this.messages.push(message);
    this.nextId = message.id + 1;
    return true;
  }

  /** Transient messages up to an id. */
  #takeTransient(lastId: number): boolean {
    let count = 0;
    for (const message of this.#transient) {
      if (message.id > lastId) break;
      if (!this.#take(message)) return false;
      count += 1;
    }
    if (count > 0) this.#transient = this.#transient.slice(count);
    return true;
  }

  /** What comes before damage is answered first; the next read then begins with it and fails. */
  #open<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (this.messages.length === 0) throw error;
      return undefined;
    }
  }

  /** @param lastTimeUs no transient message of the bucket was published later */
  async #loadTransient(reader: MessageReader, bucket: number, endId: number, lastTimeUs: number): Promise<void> {
    const { subject, transient, maxMessages } = this.#range;
    const { transientId } = this.#known.state;
    if (transient !== true || transientId < this.nextId || lastTimeUs + TRANSIENT_LIFE_US <= this.#nowUs) return;
    const limit = pageRows(maxMessages);
    const toId = Math.min(endId, this.#lastId);
    const page = await reader.up(subject, bucket, { kind: KIND.transient, fromId: this.nextId, toId, limit });
    // Beyond the last one that was loaded there may be others, among the lasting ones.
    if (page.length === limit) this.#lastId = page.at(-1)?.lastId ?? this.#lastId;
    const messages: Message[] = [];
    for (const stored of page) {
      const chunk = reader.open(subject, stored);
      if (chunk.publishTimeUs + TRANSIENT_LIFE_US <= this.#nowUs) continue;
      for (let id = Math.max(this.nextId, chunk.firstId); id <= chunk.lastId; id += 1) {
        const message = chunk.message(id);
        if (message !== undefined) messages.push(message);
      }
    }
    this.#transient = messages;
  }
}

/** Stands for an id without a message. */
const NONE: Message = { subject: '', id: 0, body: Buffer.alloc(0), headers: [], publishTimeUs: 0, expireTimeUs: 0 };
