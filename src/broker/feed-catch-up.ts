import type { Tracing } from '../core/tracing.js';
import type { MessageLog, ReadRange, ReadResult } from '../storage/storage.js';
import type { Feed } from './feed.js';
import { isOutage } from './outage.js';

/** Reads under way at a time, feeds served by one read, and its size: what catching up costs in memory at most. */
const READS_AT_ONCE = 4;
const FEEDS_PER_READ = 64;
const READ_BYTES = 1024 * 1024;

export interface FeedCatchUpOptions {
  readonly log: MessageLog;
  /**
   * Other processes write to the log too. Their transient messages are read with the others then, and while the storage
   * is away feeds wait: whoever looks for news, again and again, wakes them when it is back.
   */
  readonly shared: boolean;
  readonly tracing?: Tracing | undefined;
}

/**
 * Reads the log for feeds that were told of messages they have not been given. A feed is read at once while there are
 * few; the more are waiting, the more of them share one read, so neither their number nor an outage that woke them all
 * together costs more than a few reads at a time.
 */
export class FeedCatchUp {
  readonly #log: MessageLog;
  readonly #shared: boolean;
  readonly #tracing: Tracing | undefined;
  readonly #waiting = new Set<Feed>();
  /** Waiting or being read for. */
  readonly #requested = new Set<Feed>();
  #reading = 0;

  constructor({ log, shared, tracing }: FeedCatchUpOptions) {
    this.#log = log;
    this.#shared = shared;
    this.#tracing = tracing;
  }

  request(feed: Feed): void {
    if (this.#requested.has(feed)) return;
    this.#requested.add(feed);
    this.#waiting.add(feed);
    if (this.#reading < READS_AT_ONCE) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#reading++;
    for (;;) {
      const feeds = this.#next();
      if (feeds.length === 0) break;
      await this.#readFor(feeds);
    }
    this.#reading--;
  }

  #next(): Feed[] {
    const feeds: Feed[] = [];
    for (const feed of this.#waiting) {
      if (feeds.length === FEEDS_PER_READ) break;
      this.#waiting.delete(feed);
      if (feed.missing === undefined) this.#requested.delete(feed);
      else feeds.push(feed);
    }
    return feeds;
  }

  async #readFor(feeds: readonly Feed[]): Promise<void> {
    const ranges = feeds.map((feed) => feed.missing!);
    let pages: readonly ReadResult[];
    try {
      pages = await this.#log.read(this.#shared ? ranges.map(withTransient) : ranges, READ_BYTES);
    } catch (error) {
      await this.#failed(feeds, error);
      return;
    }
    for (const [index, feed] of feeds.entries()) {
      const page = pages[index]!;
      const { fromId } = ranges[index]!;
      this.#requested.delete(feed);
      const span = this.#tracing?.startDelivery(page.messages, 'log');
      feed.take(page);
      span?.end();
      // What cannot be read yet, although it was hinted at, is read after the next hint.
      const hadNoRoom = feeds.length > 1 && page.lastId >= fromId;
      if (feed.missing !== undefined && (page.nextId > fromId || hadNoRoom)) this.request(feed);
    }
  }

  async #failed(feeds: readonly Feed[], error: unknown): Promise<void> {
    const away = this.#shared && isOutage(error);
    if (away || feeds.length === 1) {
      for (const feed of feeds) this.#requested.delete(feed);
      if (!away) feeds[0]!.fail(error);
      return;
    }
    // One damaged subject must not end the readers of the others.
    for (const feed of feeds) {
      if (feed.missing === undefined) this.#requested.delete(feed);
      else await this.#readFor([feed]);
    }
  }
}

function withTransient(range: ReadRange): ReadRange {
  return { ...range, transient: true };
}
