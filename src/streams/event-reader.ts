import type { Message } from '../core/message.js';
import { messageSize } from '../core/message.js';
import type { MessageLog } from '../storage/storage.js';
import type { FoundIds } from './status-index.js';
import type { EventQuery, Stream } from './streams.js';

/** Bodies of one page; an event that is larger has a page of its own. */
const PAGE_BYTES = 1024 * 1024;

/** Ids between `from` and `to`, at most `maxIds`, whose messages are wanted. */
export type IdFinder = (range: {
  readonly from: number;
  readonly to: number;
  readonly maxIds: number;
}) => Promise<FoundIds>;

export interface MessagePage {
  readonly messages: readonly Message[];
  readonly next: number | undefined;
  readonly upTo: number;
}

/** Reads the messages of chosen ids, a page at a time. */
export class EventReader {
  readonly #log: MessageLog;

  constructor(log: MessageLog) {
    this.#log = log;
  }

  async page({ subject }: Stream, { after, upTo, limit }: EventQuery, find: IdFinder): Promise<MessagePage> {
    const { firstId, lastId } = (await this.#log.heads([subject]))[0]!;
    const to = Math.min(upTo ?? lastId, lastId);
    const messages: Message[] = [];
    let room = PAGE_BYTES;
    let from = Math.max(after + 1, firstId);
    while (from <= to && messages.length < limit && room > 0) {
      const found = await find({ from, to, maxIds: limit - messages.length });
      const read = await this.#read(subject, found, room);
      for (const message of read.messages) {
        const size = messageSize(message);
        if (size > room && messages.length > 0) return { messages, next: message.id - 1, upTo: to };
        messages.push(message);
        room -= size;
      }
      from = read.next;
    }
    return { messages, next: from <= to ? from - 1 : undefined, upTo: to };
  }

  /** As many of these messages as there is room for, at least one; `next` is the id to go on with. */
  async #read(
    subject: string,
    { ranges, next }: FoundIds,
    room: number,
  ): Promise<{ readonly messages: readonly Message[]; readonly next: number }> {
    if (ranges.length === 0) return { messages: [], next };
    const messages: Message[] = [];
    const results = await this.#log.read(
      ranges.map(({ first, last }) => ({ subject, fromId: first, maxMessages: last - first + 1 })),
      room,
    );
    for (let i = 0; i < ranges.length; i++) {
      const { last } = ranges[i]!;
      const result = results[i]!;
      // A range without all of its messages has gone on to those behind it.
      for (const message of result.messages) if (message.id <= last) messages.push(message);
      if (result.nextId <= last) return { messages, next: result.nextId };
    }
    return { messages, next };
  }
}
