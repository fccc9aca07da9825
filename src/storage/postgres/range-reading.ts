import { BrokerError } from '../../core/errors.js';
import { isExpired, messageSize } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import { Chunk } from '../chunk.js';
import type { ReadRange, ReadResult } from '../storage.js';
import { subjectIdentity } from '../subject-identity.js';
import type { ReadRow } from './read-statement.js';

/** Room that is left in the answer to a read. */
export interface Room {
  bytes: number;
  /** Nothing was returned yet: the first message may be of any size. */
  empty: boolean;
}

/** What both directions have in common. */
export abstract class RangeReading {
  protected readonly messages: Message[] = [];
  readonly #identity: number;

  constructor(
    protected readonly range: ReadRange,
    protected readonly head: ReadRow,
    protected readonly chunks: readonly ReadRow[],
    protected readonly room: Room,
  ) {
    this.#identity = subjectIdentity(range.subject);
  }

  /** Goes through the ids; answers where the next read goes on. */
  protected abstract walk(): number;
  protected abstract nextId: number;

  read(): ReadResult {
    let nextId: number;
    try {
      nextId = this.walk();
    } catch (error) {
      // What comes before the damage is answered first; the next read then begins with it and fails.
      if (this.messages.length === 0 || !(error instanceof BrokerError)) throw error;
      nextId = this.nextId;
    }
    const { first_id: firstId, last_id: lastId } = this.head;
    return { messages: this.messages, nextId, firstId, lastId };
  }

  protected open(row: ReadRow): Chunk {
    const place = { firstId: row.chunk_first_id, publishTimeUs: row.publish_time_us };
    const expected = { subject: this.range.subject, identity: this.#identity };
    return Chunk.openRelative(row.value as Buffer, expected, place);
  }

  /** Adds the message to the answer if it exists; false when there is no room for it. */
  protected take(message: Message | undefined): boolean {
    if (message === undefined || isExpired(message, this.head.now_us)) return true;
    const size = messageSize(message);
    if (!this.room.empty && size > this.room.bytes) return false;
    this.room.empty = false;
    this.room.bytes -= size;
    this.messages.push(message);
    return true;
  }

  protected get isFull(): boolean {
    return this.messages.length === this.range.maxMessages;
  }

  /** The rows of a kind up to the first without a value, and whether that is all there is. */
  protected readable(passing: boolean): { readonly rows: readonly ReadRow[]; readonly next: ReadRow | undefined } {
    const all = this.chunks.filter((row) => row.passing === passing);
    const cut = all.findIndex(({ value }) => value === null);
    return cut === -1 ? { rows: all, next: undefined } : { rows: all.slice(0, cut), next: all[cut] };
  }
}
