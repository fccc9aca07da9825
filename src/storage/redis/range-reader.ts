import { isExpired, messageSize } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import { Chunk } from '../chunk.js';
import type { ReadRange, ReadResult } from '../storage.js';
import { subjectIdentity } from '../subject-identity.js';
import { bytesOf, listOf, numberOf, textOf } from './reply.js';
import type { Reply } from './reply.js';

/** Room of one `read` call: counts down the bytes, but the first message goes in however large it is. */
export class ReadRoom {
  #bytes: number;
  #empty = true;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(message: Message): boolean {
    const size = message.headers.length === 0 ? message.body.length : messageSize(message);
    if (size > this.#bytes && !this.#empty) return false;
    this.#bytes -= size;
    this.#empty = false;
    return true;
  }
}

/** Ids from the one to the other and the chunk that says what is there; several may say so of one id. */
interface Extent {
  readonly firstId: number;
  readonly lastId: number;
  readonly chunk: Chunk;
}

/** Makes what the script READ has answered for a range into messages. */
export class RangeReader {
  readonly #range: ReadRange;
  readonly #nowUs: number;
  readonly #lastId: number;
  readonly #firstId: number;
  /** The last id that the script has looked at; the first one when it went downwards, 0 at the beginning. */
  readonly #reached: number;
  readonly #reachedTransient: number;
  readonly #found: readonly Reply[];
  readonly #transient: readonly Reply[];

  constructor(range: ReadRange, nowUs: number, reply: Reply | undefined) {
    const [lastId, firstId, reached, reachedTransient, found, transient] = listOf(reply);
    this.#range = range;
    this.#nowUs = nowUs;
    this.#lastId = numberOf(lastId);
    this.#firstId = numberOf(firstId);
    this.#reached = numberOf(reached);
    this.#reachedTransient = numberOf(reachedTransient);
    this.#found = listOf(found);
    this.#transient = listOf(transient);
  }

  /** @throws BrokerError DATA_LOSS when the first message to return is damaged */
  read(room: ReadRoom): ReadResult {
    const messages: Message[] = [];
    let nextId: number;
    try {
      nextId = this.#range.backwards === true ? this.#down(messages, room) : this.#up(messages, room);
    } catch (error) {
      // What comes before the damage is answered first; the next read then begins with it and fails.
      const last = messages.at(-1);
      if (last === undefined) throw error;
      nextId = this.#range.backwards === true ? last.id - 1 : last.id + 1;
    }
    return { messages, nextId, firstId: this.#firstId, lastId: this.#lastId };
  }

  #up(messages: Message[], room: ReadRoom): number {
    const { subject, fromId, maxMessages } = this.#range;
    const lasting = extents(subject, this.#found);
    const transient = extents(subject, this.#transient);
    const end = Math.min(this.#reached, this.#reachedTransient);
    let inLasting = lasting.next().value;
    let inTransient = transient.next().value;
    for (let id = Math.min(fromId, end + 1); id <= end;) {
      while (inLasting !== undefined && inLasting.lastId < id) inLasting = lasting.next().value;
      while (inTransient !== undefined && inTransient.lastId < id) inTransient = transient.next().value;
      const nearest = Math.min(inLasting?.firstId ?? Infinity, inTransient?.firstId ?? Infinity);
      if (nearest > id) {
        id = Math.min(nearest, end + 1);
        continue;
      }
      const message =
        (id >= this.#firstId ? inLasting?.chunk.message(id) : undefined) ?? inTransient?.chunk.message(id);
      if (message !== undefined && !isExpired(message, this.#nowUs)) {
        if (messages.length >= maxMessages) return id;
        if (!room.take(message)) return messages.length === 0 ? fromId : id;
        messages.push(message);
      }
      id += 1;
    }
    return end + 1;
  }

  #down(messages: Message[], room: ReadRoom): number {
    const { subject, fromId, maxMessages } = this.#range;
    const from = Math.min(fromId, this.#lastId);
    for (const { chunk } of extents(subject, this.#found)) {
      const lowest = Math.max(chunk.firstId, this.#firstId);
      for (let id = Math.min(from, chunk.lastId); id >= lowest; id -= 1) {
        const message = chunk.message(id);
        if (message === undefined || isExpired(message, this.#nowUs)) continue;
        if (messages.length >= maxMessages) return id;
        if (!room.take(message)) return messages.length === 0 ? fromId : id;
        messages.push(message);
      }
    }
    return this.#reached > this.#firstId ? this.#reached - 1 : 0;
  }
}

/**
 * Makes what the script GET has answered into the message, unless it has expired.
 *
 * @throws BrokerError DATA_LOSS when it is damaged
 */
export function messageOf(
  subject: string,
  id: number,
  nowUs: number,
  [name, head, offset, payload]: readonly Reply[],
): Message | undefined {
  if (name === undefined) return undefined;
  const start = numberOf(offset);
  const bytes = bytesOf(payload);
  // The chunk as it is stored, as far as it is looked at: what lies between belongs to other messages.
  const value = Buffer.alloc(start + bytes.length);
  bytesOf(head).copy(value);
  bytes.copy(value, start);
  const { lastId, publishTimeUs } = placeOf(textOf(name));
  const firstId = lastId - idsOf(value) + 1;
  const chunk = Chunk.openRelative(value, { subject, identity: subjectIdentity(subject) }, { firstId, publishTimeUs });
  const message = chunk.message(id);
  if (message === undefined || isExpired(message, nowUs)) return undefined;
  return message;
}

/** Opens chunks one by one: what lies behind damage may still be read by another call. */
function* extents(subject: string, reply: readonly Reply[]): Generator<Extent, undefined> {
  const identity = subjectIdentity(subject);
  for (let index = 0; index < reply.length; index += 2) {
    const { lastId, publishTimeUs } = placeOf(textOf(reply[index]));
    const value = bytesOf(reply[index + 1]);
    const firstId = lastId - idsOf(value) + 1;
    const chunk = Chunk.openRelative(value, { subject, identity }, { firstId, publishTimeUs });
    yield { firstId, lastId, chunk };
  }
  return undefined;
}

/** The name of a chunk in its stream. */
export function placeOf(name: string): { readonly lastId: number; readonly publishTimeUs: number } {
  const dash = name.indexOf('-');
  return { lastId: Number(name.slice(0, dash)), publishTimeUs: Number(name.slice(dash + 1)) };
}

/** How many ids a chunk has, by its header. */
export function idsOf(value: Buffer): number {
  return value.length < 44 ? 1 : value.readUInt32LE(40) & 0x7fffffff;
}
