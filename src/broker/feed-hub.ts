import { BrokerError } from '../core/errors.js';
import type { AppendItem, Appended, MessageLog } from '../storage/storage.js';
import type { WrittenBatch } from './batch-writer.js';
import { Feed } from './feed.js';
import type { BrokerLimits } from './limits.js';
import { PatternIndex, type PatternListener } from './pattern-index.js';
import type { Pattern } from '../core/pattern.js';
import { Delivery } from './subscriber.js';

/** Less than this a feed is not cut to, however many there are. */
const MIN_FEED_BYTES = 16 * 1024;

export type FeedLimits = Pick<BrokerLimits, 'feedMaxMessages' | 'feedMaxBytes' | 'feedsMaxBytes'>;

interface OpenFeed {
  readonly feed: Feed;
  readonly opened: Promise<void>;
  references: number;
}

/** Somebody whose deliveries are sent together at the end of a dispatch. */
export interface Flushable {
  flush(): void;
}

/** Keeps one feed for each watched subject and brings what was written to the feeds and to the watchers of patterns. */
export class FeedHub {
  readonly #log: MessageLog;
  readonly #limits: FeedLimits;
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #patterns = new PatternIndex();
  readonly #touched = new Set<Flushable>();
  #dispatching = false;
  #lastTimeUs = 0;

  constructor(log: MessageLog, limits: FeedLimits) {
    this.#log = log;
    this.#limits = limits;
  }

  /** Publish time of the newest batch that has been dispatched to the watchers of patterns, 0 before the first. */
  get lastTimeUs(): number {
    return this.#lastTimeUs;
  }

  /** The subject's feed, open. Each call is matched by one `release`. */
  async acquire(subject: string): Promise<Feed> {
    const entry = this.#feeds.get(subject) ?? this.#create(subject, () => this.#openAtHead(subject));
    entry.references++;
    try {
      await entry.opened;
    } catch (error) {
      this.release(entry.feed);
      throw error;
    }
    return entry.feed;
  }

  release(feed: Feed): void {
    const entry = this.#feeds.get(feed.subject);
    if (entry?.feed === feed && --entry.references === 0) this.#feeds.delete(feed.subject);
  }

  /** Calls `listener.touched` whenever this process has written to a subject that matches, until the function is called. */
  watchPattern(pattern: Pattern, listener: PatternListener): () => void {
    return this.#patterns.add(pattern, listener);
  }

  /** Subscriptions that read the subject now; one by pattern does so from the first message that it saw. */
  readersOf(subject: string): number {
    return this.#feeds.get(subject)?.references ?? 0;
  }

  /** Sends what `flushable` has collected: now, or at the end of the dispatch under way. */
  flushLater(flushable: Flushable): void {
    if (this.#dispatching) this.#touched.add(flushable);
    else flushable.flush();
  }

  /** Another process says that `subject` has reached `lastId`. */
  hint(subject: string, lastId: number): void {
    this.#feeds.get(subject)?.feed.hint(lastId);
  }

  /** Brings a batch that has just become durable to everybody who watches one of its subjects. */
  dispatch(batch: WrittenBatch): void {
    if (this.#feeds.size === 0 && this.#patterns.isEmpty) return;
    this.#dispatching = true;
    for (const [subject, written] of this.#watchedRuns(batch)) {
      const deliveries = toDeliveries(written);
      const firstId = deliveries[0]!.message.id;
      for (const listener of this.#patterns.match(subject)) {
        listener.touched(subject, deliveries, () => this.#acquireAt(subject, firstId));
      }
      this.#feeds.get(subject)?.feed.append(deliveries);
    }
    if (!this.#patterns.isEmpty) this.#lastTimeUs = Math.max(this.#lastTimeUs, latestTimeUs(batch));
    this.#dispatching = false;
    for (const flushable of this.#touched) flushable.flush();
    this.#touched.clear();
  }

  #watchedRuns(batch: WrittenBatch): Map<string, Written[]> {
    const runs = new Map<string, Written[]>();
    let subject: string | undefined;
    let run: Written[] | undefined;
    for (let i = 0; i < batch.items.length; i++) {
      const item = batch.items[i]!;
      const result = batch.results[i]!;
      if (result instanceof BrokerError || result.duplicate) continue;
      if (item.subject !== subject) {
        subject = item.subject;
        run = runs.get(subject);
        if (run === undefined && (this.#feeds.has(subject) || this.#patterns.match(subject).length > 0)) {
          run = [];
          runs.set(subject, run);
        }
      }
      run?.push({ item, result });
    }
    return runs;
  }

  /** The subject's feed, which is about to be given `firstId`: opened just before it if it was not open. */
  #acquireAt(subject: string, firstId: number): Feed | undefined {
    let entry = this.#feeds.get(subject);
    if (entry === undefined) {
      entry = this.#create(subject, () => Promise.resolve());
      entry.feed.open(firstId - 1);
    }
    if (!entry.feed.isOpen) return undefined;
    entry.references++;
    return entry.feed;
  }

  #create(subject: string, open: () => Promise<void>): OpenFeed {
    const feed = new Feed({
      subject,
      log: this.#log,
      maxMessages: this.#limits.feedMaxMessages,
      maxBytes: () => this.#allowance(),
    });
    const entry: OpenFeed = { feed, opened: Promise.resolve(), references: 0 };
    this.#feeds.set(subject, entry);
    return Object.assign(entry, { opened: open() });
  }

  async #openAtHead(subject: string): Promise<void> {
    const [head] = await this.#log.heads([subject]);
    const feed = this.#feeds.get(subject)?.feed;
    if (feed !== undefined && !feed.isOpen) feed.open(head!.lastId);
  }

  #allowance(): number {
    const share = Math.floor(this.#limits.feedsMaxBytes / Math.max(1, this.#feeds.size));
    return Math.min(this.#limits.feedMaxBytes, Math.max(MIN_FEED_BYTES, share));
  }
}

interface Written {
  readonly item: AppendItem;
  readonly result: Appended;
}

function latestTimeUs(batch: WrittenBatch): number {
  let latest = 0;
  for (const result of batch.results) {
    if (!(result instanceof BrokerError) && !result.duplicate && result.publishTimeUs > latest) {
      latest = result.publishTimeUs;
    }
  }
  return latest;
}

/**
 * Copies the bodies side by side: they are views of network buffers, of which one small message in a feed would
 * otherwise keep the whole.
 */
function toDeliveries(written: readonly Written[]): Delivery[] {
  let bytes = 0;
  for (const { item } of written) bytes += item.body.length;
  const bodies = Buffer.allocUnsafe(bytes);
  let at = 0;
  return written.map(({ item, result }) => {
    bodies.set(item.body, at);
    const body = bodies.subarray(at, (at += item.body.length));
    return new Delivery({
      subject: item.subject,
      id: result.id,
      body,
      headers: item.headers,
      publishTimeUs: result.publishTimeUs,
      expireTimeUs: result.expireTimeUs,
    });
  });
}
