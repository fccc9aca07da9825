import type { Clock } from '../core/clock.js';
import type { MessageLog, Storage } from '../storage/storage.js';
import type { BrokerMetrics } from './broker-metrics.js';
import type { FeedHub } from './feed-hub.js';
import { PollLoop } from './poll-loop.js';
import { SubjectSweep } from './subject-sweep.js';

/** Between two looks at what other processes have written, unless the configuration says otherwise. */
export const DEFAULT_POLL_INTERVAL_MS = 250;

/** Heads asked for by one call. */
const HEADS_PER_PAGE = 512;

export interface RemoteWritesOptions {
  readonly storage: Pick<Storage, 'watch'> & { readonly log: Pick<MessageLog, 'heads' | 'subjects'> };
  readonly hub: FeedHub;
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  readonly metrics: Pick<BrokerMetrics, 'hinted' | 'polled' | 'pollFound'>;
}

/**
 * Tells the hub what other processes have written to the storage that they share. Hints of the storage come first and
 * may be lost; two polls are the net below them. One asks for the heads of the subjects that have a feed. The other
 * sweeps the subjects that patterns may match, of which nobody can know beforehand which there are.
 *
 * All of it only wakes: data is always read from the log.
 */
export class RemoteWrites {
  readonly #options: RemoteWritesOptions;
  readonly #heads: PollLoop;
  readonly #sweeps: PollLoop;
  readonly #unwatch: () => void;
  #hints = new Map<string, number>();

  constructor(options: RemoteWritesOptions) {
    this.#options = options;
    const { storage, hub, clock, pollIntervalMs: intervalMs, metrics } = options;
    const sweep = new SubjectSweep(storage.log, hub);
    this.#heads = new PollLoop({
      clock,
      intervalMs,
      needed: () => hub.hasFeeds,
      cycle: () => {
        metrics.polled('heads');
        return this.#pollHeads();
      },
    });
    this.#sweeps = new PollLoop({
      clock,
      intervalMs,
      needed: () => !hub.patterns.isEmpty,
      cycle: () => {
        metrics.polled('subjects');
        return sweep.run();
      },
    });
    this.#unwatch = storage.watch((hint) => {
      if (hint.kind === 'subject') this.#hinted(hint.subject, hint.lastId);
    });
  }

  /** Somebody has begun to watch something. */
  wake(): void {
    this.#heads.wake();
    this.#sweeps.wake();
  }

  stop(): void {
    this.#unwatch();
    this.#heads.stop();
    this.#sweeps.stop();
  }

  /**
   * Collected and passed on a turn later: the storage reports this process's own writes too, mostly just before they are
   * answered and dispatched, and then there is nothing left to read.
   */
  #hinted(subject: string, lastId: number): void {
    this.#options.metrics.hinted();
    if (!this.#options.hub.isWatched) return;
    if (this.#hints.size === 0) this.#options.clock.soon(() => this.#passOn());
    this.#hints.set(subject, Math.max(lastId, this.#hints.get(subject) ?? 0));
  }

  #passOn(): void {
    const hints = this.#hints;
    this.#hints = new Map();
    for (const [subject, lastId] of hints) this.#options.hub.notice(subject, lastId, Number.POSITIVE_INFINITY);
  }

  async #pollHeads(): Promise<number> {
    const { storage, hub, metrics } = this.#options;
    const subjects = [...hub.subjects];
    let pages = 0;
    for (let from = 0; from < subjects.length; from += HEADS_PER_PAGE) {
      const page = subjects.slice(from, from + HEADS_PER_PAGE);
      const heads = await storage.log.heads(page);
      let found = 0;
      for (const [index, { lastId }] of heads.entries()) {
        const subject = page[index]!;
        if (lastId > hub.knownId(subject)) found++;
        hub.hint(subject, lastId);
      }
      metrics.pollFound(found);
      pages++;
    }
    return pages;
  }
}
