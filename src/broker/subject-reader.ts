import { isExpired, type Message } from '../core/message.js';
import type { Feed, FeedReader } from './feed.js';
import { Delivery } from './subscriber.js';
import type { ReadResult } from '../storage/storage.js';

/** What a reader needs of the subscription that it belongs to. */
export interface ReaderOwner {
  /** Whether a delivery is welcome now. */
  readonly ready: boolean;
  nowUs(): number;
  deliver(reader: SubjectReader, delivery: Delivery, source: 'live' | 'log'): void;
  /** The reader has been woken, has used all that the feed had or was stopped by `ready`. */
  pumped(reader: SubjectReader): void;
  /** The reader dropped out of the feed's ring and wants to be served from the log. */
  fellBehind(reader: SubjectReader): void;
  /** Messages between the position in `subject` and `firstId` are gone. False ends the subscription. */
  truncated(subject: string, firstId: number): boolean;
  failed(error: unknown): void;
}

/** Where a reader begins. */
export interface ReaderStart {
  readonly nextId: number;
  /** The subscriber has seen what lies before `nextId`, so that a truncation is a loss to it. */
  readonly exact: boolean;
  /**
   * Messages published at this time or before have been delivered. It matters for transient ones: a position found by
   * time may be too low among ids that the log has no message of.
   */
  readonly afterTimeUs?: number;
  /** No message before `nextId` was published later. Unknown when nothing before it matters to the cursor. */
  readonly lastTimeUs?: number;
}

/** One subscription's position in one subject: in the feed's ring while it keeps up, in the log while it does not. */
export class SubjectReader implements FeedReader {
  readonly feed: Feed;
  readonly #owner: ReaderOwner;
  /** Everything below has been delivered or does not exist. */
  #nextId: number;
  /** Position in the ring; undefined while the log is read. */
  #sequence: number | undefined;
  /** Whether a missing stretch at the position means that messages were lost to this subscription. */
  #exact: boolean;
  readonly #afterTimeUs: number;
  #lastTimeUs: number;

  constructor(feed: Feed, owner: ReaderOwner, { nextId, exact, afterTimeUs = 0, lastTimeUs = 0 }: ReaderStart) {
    this.feed = feed;
    this.#owner = owner;
    this.#nextId = nextId;
    this.#exact = exact;
    this.#afterTimeUs = afterTimeUs;
    this.#lastTimeUs = lastTimeUs;
    this.#enterRing();
    feed.addReader(this);
  }

  get subject(): string {
    return this.feed.subject;
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Whether the ring serves it. */
  get live(): boolean {
    return this.#sequence !== undefined;
  }

  /** Publish time of the last message delivered; before the first, none that was delivered earlier is later than this. */
  get lastTimeUs(): number {
    return this.#lastTimeUs;
  }

  /** Nothing is waiting for it. */
  get caughtUp(): boolean {
    return this.#sequence === this.feed.end && this.#nextId > this.feed.knownId;
  }

  advanced(): void {
    if (this.#sequence !== undefined) this.pump();
  }

  feedFailed(error: unknown): void {
    this.#owner.failed(error);
  }

  /** Delivers from the ring for as long as the owner is ready. */
  pump(): void {
    try {
      this.#pump();
    } catch (error) {
      // One broken subscriber must not cost the publishers and the other subscribers of the batch.
      this.#owner.failed(error);
    }
  }

  #pump(): void {
    const feed = this.feed;
    let sequence = this.#sequence;
    if (sequence === undefined) return;
    if (sequence < feed.first) {
      this.#sequence = undefined;
      this.#exact = true;
      this.#owner.fellBehind(this);
      return;
    }
    const nowUs = this.#owner.nowUs();
    while (sequence < feed.end && this.#owner.ready) {
      const delivery = feed.at(sequence);
      sequence++;
      this.#sequence = sequence;
      const { message } = delivery;
      if (message.id < this.#nextId || message.publishTimeUs <= this.#afterTimeUs) continue;
      if (!isExpired(message, nowUs)) this.#owner.deliver(this, delivery, 'live');
      this.#moveBeyond(message);
    }
    if (this.#sequence === feed.end && this.#nextId <= feed.cursor) this.#nextId = feed.cursor + 1;
    this.#owner.pumped(this);
  }

  /** Looks at a page that was read from the log at `nextId`: false when what is missing before it ends the subscription. */
  accepts(page: ReadResult): boolean {
    if (!this.#exact || page.firstId <= this.#nextId) return true;
    return this.#owner.truncated(this.subject, page.firstId);
  }

  /** The owner hands over the page's messages one by one, whenever it is ready, and then calls `pageDone`. */
  deliverFromLog(message: Message): void {
    if (!isExpired(message, this.#owner.nowUs())) this.#owner.deliver(this, new Delivery(message), 'log');
    this.#moveBeyond(message);
  }

  /** After the delivery: a cursor that is asked for during it stands before the message. */
  #moveBeyond(message: Message): void {
    this.#nextId = message.id + 1;
    this.#lastTimeUs = message.publishTimeUs;
  }

  /** The page up to `nextId` has been delivered; back into the ring if that reaches so far. */
  pageDone(nextId: number): void {
    if (nextId > this.#nextId) this.#nextId = nextId;
    this.#enterRing();
  }

  #enterRing(): void {
    if (this.feed.covers(this.#nextId)) this.#sequence = this.feed.sequenceOf(this.#nextId);
  }

  close(): void {
    this.feed.removeReader(this);
  }
}
