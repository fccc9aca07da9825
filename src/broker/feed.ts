import { messageSize } from '../core/message.js';
import type { ReadRange, ReadResult } from '../storage/storage.js';
import { Delivery } from './subscriber.js';

/** Somebody that reads a feed: called when the feed has more, in the same turn in which it got more. */
export interface FeedReader {
  advanced(): void;
  /** The feed cannot be read on; the reader ends with this error. */
  feedFailed(error: unknown): void;
}

export interface FeedOptions {
  readonly subject: string;
  readonly maxMessages: number;
  /** What the ring may hold now; shrinks when many subjects are watched. */
  readonly maxBytes: () => number;
  /** Has the log read for the feed, which has been told of messages that it was not given. */
  readonly catchUp: (feed: Feed) => void;
}

/** Most messages of one read for a feed. */
const CATCH_UP_MESSAGES = 1024;

/**
 * The live end of one watched subject: a cursor into the log and a ring of the messages that passed it most recently.
 * A reader is a position in the ring; one that has dropped out of it reads the log until it is back inside. Because both
 * speak of ids of the same log, there is no moment of switching from stored to live messages, hence no gap, duplicate
 * or reordering.
 *
 * Positions in the ring are counted from the feed's opening (*sequence*); they differ from ids, which may have holes.
 */
export class Feed {
  readonly subject: string;
  readonly #maxMessages: number;
  readonly #maxBytes: () => number;
  readonly #catchUp: (feed: Feed) => void;
  readonly #readers = new Set<FeedReader>();
  #cursor = 0;
  /** The ring holds every existing message from this id to the cursor; nothing before the feed is open. */
  #coveredFrom = Number.POSITIVE_INFINITY;
  /** The ring: its first `#evicted` slots are empty, then come the sequences `#first` to `#end`. */
  #slots: (Delivery | undefined)[] = [];
  #evicted = 0;
  #first = 0;
  #end = 0;
  #bytes = 0;
  #hintedId = 0;
  #closed = false;

  constructor(options: FeedOptions) {
    this.subject = options.subject;
    this.#maxMessages = options.maxMessages;
    this.#maxBytes = options.maxBytes;
    this.#catchUp = options.catchUp;
  }

  get isOpen(): boolean {
    return this.#coveredFrom !== Number.POSITIVE_INFINITY;
  }

  /** Begins after `afterId`. What was appended or hinted at before is read from the log. */
  open(afterId: number): void {
    this.#cursor = afterId;
    this.#coveredFrom = afterId + 1;
    this.hint(this.#hintedId);
  }

  /** Nobody reads it any more: what it waits for need not be read. */
  close(): void {
    this.#closed = true;
  }

  /** The last id that has passed. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The last id that the subject is known to have; what lies between `cursor` and this is still to be read. */
  get knownId(): number {
    return this.#hintedId > this.#cursor ? this.#hintedId : this.#cursor;
  }

  /** Sequence of the oldest message in the ring. */
  get first(): number {
    return this.#first;
  }

  /** Sequence that the next message will get. */
  get end(): number {
    return this.#end;
  }

  addReader(reader: FeedReader): void {
    this.#readers.add(reader);
  }

  removeReader(reader: FeedReader): void {
    this.#readers.delete(reader);
  }

  /** The delivery at a sequence between `first` and `end`. */
  at(sequence: number): Delivery {
    return this.#slots[sequence - this.#first + this.#evicted]!;
  }

  /** Whether a reader that wants `id` next finds everything in the ring. */
  covers(id: number): boolean {
    return id >= this.#coveredFrom;
  }

  /** The sequence of the first message with `id` or a later one; the feed must cover `id`. */
  sequenceOf(id: number): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle).message.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Takes messages that were just written, in id order. What has passed already is skipped; after a gap (another process
   * has written in between) the log is read instead.
   */
  append(deliveries: readonly Delivery[]): void {
    if (!this.isOpen) {
      this.hint(deliveries.at(-1)!.message.id);
      return;
    }
    let index = 0;
    while (index < deliveries.length && deliveries[index]!.message.id <= this.#cursor) index++;
    if (index === deliveries.length) return;
    if (deliveries[index]!.message.id > this.#cursor + 1) {
      this.hint(deliveries.at(-1)!.message.id);
      return;
    }
    // Readers look in between, so that a flush larger than the ring does not push live readers out of it.
    const slice = Math.max(1, this.#maxMessages >> 1);
    const sliceMaxBytes = this.#maxBytes() >> 1;
    while (index < deliveries.length) {
      const until = Math.min(index + slice, deliveries.length);
      let sliceBytes = 0;
      while (index < until && sliceBytes <= sliceMaxBytes) {
        const delivery = deliveries[index++]!;
        sliceBytes += this.#push(delivery);
        this.#cursor = delivery.message.id;
      }
      this.#wake();
    }
  }

  /** Somebody says that the subject has reached `id`. */
  hint(id: number): void {
    if (id > this.#hintedId) this.#hintedId = id;
    if (this.missing !== undefined) this.#catchUp(this);
  }

  /** What is to be read from the log, undefined when nothing is missing. */
  get missing(): ReadRange | undefined {
    if (!this.isOpen || this.#closed || this.#hintedId <= this.#cursor) return undefined;
    return { subject: this.subject, fromId: this.#cursor + 1, maxMessages: CATCH_UP_MESSAGES };
  }

  /** Takes what was read for it. Own publishes may have moved the cursor meanwhile: what has passed is skipped. */
  take(page: ReadResult): void {
    for (const message of page.messages) {
      if (message.id > this.#cursor) this.#push(new Delivery(message));
    }
    if (page.nextId - 1 > this.#cursor) this.#cursor = page.nextId - 1;
    this.#wake();
  }

  /** It cannot be read on: its readers end. */
  fail(error: unknown): void {
    for (const reader of [...this.#readers]) reader.feedFailed(error);
  }

  /** Answers the size of what was pushed. */
  #push(delivery: Delivery): number {
    const size = messageSize(delivery.message);
    const maxBytes = this.#maxBytes();
    while (this.#end - this.#first >= this.#maxMessages || (this.#bytes + size > maxBytes && this.#end > this.#first)) {
      this.#evict();
    }
    this.#slots.push(delivery);
    this.#end++;
    this.#bytes += size;
    return size;
  }

  #evict(): void {
    const { message } = this.at(this.#first);
    this.#slots[this.#evicted++] = undefined;
    this.#first++;
    this.#bytes -= messageSize(message);
    this.#coveredFrom = message.id + 1;
    // Half of the array empty: moving the rest costs no more than the pushes that got it there.
    if (this.#evicted > 64 && this.#evicted * 2 > this.#slots.length) {
      this.#slots.splice(0, this.#evicted);
      this.#evicted = 0;
    }
  }

  #wake(): void {
    for (const reader of this.#readers) reader.advanced();
  }
}
