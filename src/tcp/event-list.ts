import {
  MAX_PAGE_EVENTS,
  type EventPage,
  type EventSelection,
  type Stream,
  type StreamEvent,
  type Streams,
} from '../streams/streams.js';
import { eventElements } from './event-json.js';
import type { AnswerStream } from './answer-stream.js';

/** The answer has begun and cannot be completed. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
}

/**
 * Writes the array of a list's events page by page, so that it may be of any size, no faster than the client reads.
 * Nothing is written before the first page has been read.
 */
export class EventList {
  readonly #answers: AnswerStream;
  readonly #head: string;
  readonly #streamId: string;
  #begun = false;
  #isEmpty = true;

  /** @param head what comes before the first event */
  constructor(answers: AnswerStream, head: string, stream: Stream) {
    this.#answers = answers;
    this.#head = head;
    this.#streamId = stream.id;
  }

  /** @throws BrokenAnswer when reading failed after something was written; otherwise what reading throws */
  async writeAll(
    streams: Streams,
    stream: Stream,
    query: { readonly selection: EventSelection; readonly after: number; readonly limit: number },
  ): Promise<void> {
    const { selection, limit } = query;
    let after: number | undefined = query.after;
    let upTo: { readonly upTo: number } | undefined;
    let left = limit;
    while (after !== undefined && left > 0) {
      const page: EventPage = await this.#orBroken(
        streams.read(stream, selection, { after, limit: Math.min(left, MAX_PAGE_EVENTS), ...upTo }),
      );
      this.write(page.events);
      left -= page.events.length;
      after = page.next;
      upTo = { upTo: page.upTo };
      await this.#answers.room();
      if (this.#answers.isClosed) throw new BrokenAnswer('the connection is closed');
    }
  }

  write(events: readonly StreamEvent[]): void {
    if (!this.#begun) this.#answers.write(this.#head);
    this.#begun = true;
    if (events.length === 0) return;
    this.#answers.writeBytes(eventElements(this.#streamId, events, this.#isEmpty));
    this.#isEmpty = false;
  }

  async #orBroken<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw this.#begun ? new BrokenAnswer('a page could not be read', { cause: error }) : error;
    }
  }
}
