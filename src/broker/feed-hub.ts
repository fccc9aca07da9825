import { BrokerError } from '../core/errors.js';
import type { Tracing } from '../core/tracing.js';
import type { AppendItem, Appended, MessageLog } from '../storage/storage.js';
import type { WrittenBatch } from './batch-writer.js';
import { Feed } from './feed.js';
import { FeedCatchUp } from './feed-catch-up.js';
import type { BrokerLimits } from './limits.js';
import { PatternIndex, type PatternListener } from './pattern-index.js';
import type { Pattern } from '../core/pattern.js';
import { Delivery } from './subscriber.js';

/** Less than this a feed is not cut to, however many there are. */
const MIN_FEED_BYTES = 16 * 1024;

export type FeedLimits = Pick<BrokerLimits, 'feedMaxMessages' | 'feedMaxBytes' | 'feedsMaxBytes'>;

export interface FeedHubOptions {
  readonly log: MessageLog;
  readonly limits: FeedLimits;
  /** Other processes write to the log too. */
  readonly shared: boolean;
  readonly tracing?: Tracing | undefined;
  /** Somebody begins to watch a subject or a pattern. */
  readonly onWatched: () => void;
}

interface OpenFeed {
  readonly feed: Feed;
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
  readonly #shared: boolean;
  readonly #onWatched: () => void;
  readonly #catchUp: FeedCatchUp;
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #patterns = new PatternIndex();
  readonly #touched = new Set<Flushable>();
  #dispatching = false;
  #lastTimeUs = 0;
  #settledUs = 0;
  #firstSettledUs = 0;

  constructor({ log, limits, shared, tracing, onWatched }: FeedHubOptions) {
    this.#log = log;
    this.#limits = limits;
    this.#shared = shared;
    this.#onWatched = onWatched;
    this.#catchUp = new FeedCatchUp({ log, shared, tracing });
  }

  /** Publish time of the newest batch that has been dispatched to the watchers of patterns, 0 before the first. */
  get lastTimeUs(): number {
    return this.#lastTimeUs;
  }

  /** The first answer of `settle`, 0 before that: none was earlier. */
  get firstSettledUs(): number {
    return this.#firstSettledUs;
  }

  /** Asks the storage for its settled time and answers the latest it has ever told: settled once is settled for ever. */
  async settle(): Promise<number> {
    const settledUs = await this.#log.settledTimeUs();
    if (this.#firstSettledUs === 0) this.#firstSettledUs = settledUs;
    if (settledUs > this.#settledUs) this.#settledUs = settledUs;
    return this.#settledUs;
  }

  /**
   * The subject's feed, open. Each call is matched by one `release`. One that is not open yet begins at the subject's
   * head, or at `fromId` if that is given and comes before, so that it has what was published transiently since.
   *
   * Where others write too, an open feed learns by this how far the subject has come: its `knownId` is never behind what
   * was acknowledged, by whichever process, before the call.
   */
  async acquire(subject: string, fromId = Number.POSITIVE_INFINITY): Promise<Feed> {
    const entry = this.#feeds.get(subject) ?? this.#create(subject);
    entry.references++;
    const { feed } = entry;
    try {
      if (this.#shared || !feed.isOpen) {
        const [head] = await this.#log.heads([subject]);
        const { lastId } = head!;
        if (!feed.isOpen) feed.open(Math.min(fromId - 1, lastId));
        if (this.#shared) feed.hint(lastId);
      }
    } catch (error) {
      this.release(feed);
      throw error;
    }
    return feed;
  }

  release(feed: Feed): void {
    const entry = this.#feeds.get(feed.subject);
    if (entry?.feed !== feed || --entry.references > 0) return;
    this.#feeds.delete(feed.subject);
    feed.close();
  }

  /** Whether somebody watches anything. */
  get isWatched(): boolean {
    return this.#feeds.size > 0 || !this.#patterns.isEmpty;
  }

  get hasFeeds(): boolean {
    return this.#feeds.size > 0;
  }

  /** How many subjects have one. */
  get feeds(): number {
    return this.#feeds.size;
  }

  /** The subjects that have a feed. */
  get subjects(): Iterable<string> {
    return this.#feeds.keys();
  }

  /** What those who watch patterns look for, and who they are now. */
  get patterns(): PatternIndex {
    return this.#patterns;
  }

  /** Calls `listener` whenever a subject that matches is written to, until the function is called. */
  watchPattern(pattern: Pattern, listener: PatternListener): () => void {
    const unwatch = this.#patterns.add(pattern, listener);
    this.#onWatched();
    return unwatch;
  }

  /** Whether somebody gets what is written to the subject now. */
  watches(subject: string): boolean {
    return this.#feeds.has(subject) || this.#patterns.match(subject).length > 0;
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

  /** `subject` is said to have reached `lastId`, which may have been published by another process. */
  hint(subject: string, lastId: number): void {
    this.#feeds.get(subject)?.feed.hint(lastId);
  }

  /** The last id that the subject's feed knows of, Infinity when it has no feed. */
  knownId(subject: string): number {
    return this.#feeds.get(subject)?.feed.knownId ?? Number.POSITIVE_INFINITY;
  }

  /** The same, for those who watch patterns too. @param publishTimeUs of `lastId`, Infinity when it is not known */
  notice(subject: string, lastId: number, publishTimeUs: number): void {
    this.hint(subject, lastId);
    for (const listener of this.#patterns.match(subject)) listener.noticed(subject, publishTimeUs);
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
      entry = this.#create(subject);
      entry.feed.open(firstId - 1);
    }
    if (!entry.feed.isOpen) return undefined;
    entry.references++;
    return entry.feed;
  }

  #create(subject: string): OpenFeed {
    const feed = new Feed({
      subject,
      maxMessages: this.#limits.feedMaxMessages,
      maxBytes: () => this.#allowance(),
      catchUp: (behind) => this.#catchUp.request(behind),
    });
    const entry: OpenFeed = { feed, references: 0 };
    this.#feeds.set(subject, entry);
    this.#onWatched();
    return entry;
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
