import { BrokerError, toBrokerError } from '../core/errors.js';
import { encodeCursor, type Cursor } from './cursor.js';
import type { Feed } from './feed.js';
import type { Flushable } from './feed-hub.js';
import { throughOutages, type OutageWaiter } from './outage.js';
import { PatternWatch, type PatternOwner } from './pattern-watch.js';
import type { SubscribePlan } from './subscribe-plan.js';
import type { SubscriptionContext } from './subscription-context.js';
import { SubjectReader, type ReaderOwner, type ReaderStart } from './subject-reader.js';
import type { Delivery, Subscriber, Subscription, SubscriptionEvent } from './subscriber.js';

/** One page of the log for a reader that is behind; what a slow subscriber costs in memory beside its own buffer. */
const PAGE_BYTES = 256 * 1024;
const PAGE_MESSAGES = 4096;
/** Readers that are served by one call to the log. */
const READERS_PER_PAGE = 16;

/**
 * A subscription: one reader for each subject named, more that a {@link PatternWatch} adds for its patterns, and one
 * subscriber that they all deliver to. Readers that keep up are served in the turn in which a message is written; those
 * that do not are served from the log, a page at a time for all of them together, so that a subscriber that reads slowly
 * costs one page and nobody else's time.
 *
 * While a storage that several processes share is away, a subscription that has been confirmed stays open and goes on
 * when it is back; one that is opening fails.
 *
 * Life: opening → confirmed → (caughtUp ⇄ fellBehind) → ended.
 */
export class LogSubscription implements Subscription, ReaderOwner, PatternOwner, OutageWaiter, Flushable {
  readonly #context: SubscriptionContext;
  readonly #plan: SubscribePlan;
  readonly #subscriber: Subscriber;
  readonly #onClosed: (subscription: LogSubscription) => void;
  /** Readers of the subjects named; those of patterns belong to the watch. */
  readonly #readers = new Map<string, SubjectReader>();
  /** Last id that each reader delivers when the subscription stops at the head. */
  readonly #stopIds = new Map<SubjectReader, number>();
  readonly #watch: PatternWatch | undefined;
  /** Served from the log, the one that waits longest first. */
  readonly #behind = new Set<SubjectReader>();
  /** In the ring, with something left that the subscriber was not ready for. */
  readonly #stalled = new Set<SubjectReader>();
  #state: 'opening' | 'running' | 'ended' = 'opening';
  #caughtUp = false;
  #servingLog = false;
  readonly #waiters: (() => void)[] = [];
  readonly #pauses = new Set<() => void>();
  #remaining: number;
  #delivered = { live: 0, log: 0 };

  /** `onClosed` is called once, when the subscription is over for whatever reason. */
  constructor(
    context: SubscriptionContext,
    plan: SubscribePlan,
    subscriber: Subscriber,
    onClosed: (subscription: LogSubscription) => void,
  ) {
    this.#context = context;
    this.#onClosed = onClosed;
    this.#plan = plan;
    this.#subscriber = subscriber;
    this.#remaining = plan.maxMessages === 0 ? Number.POSITIVE_INFINITY : plan.maxMessages;
    this.#watch = plan.patterns.length === 0 ? undefined : new PatternWatch(context, plan, this);
  }

  get ready(): boolean {
    return this.#state === 'running' && this.#remaining > 0 && this.#subscriber.ready;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  nowUs(): number {
    return this.#context.nowUs();
  }

  /** Opens every reader, confirms, and begins to deliver. Failures end the subscriber. */
  async start(): Promise<void> {
    try {
      await this.#watch?.open();
      for (const { subject, position } of this.#plan.subjects) {
        const reader = await this.#openReader(subject, position);
        if (this.ended) return;
        if (this.#plan.stopAtHead) this.#stopIds.set(reader, reader.feed.knownId);
      }
      if (this.ended) return;
      this.#state = 'running';
      this.#event({ kind: 'confirmed', epoch: this.#context.epoch });
      for (const reader of this.#readers.values()) this.begin(reader);
      this.#watch?.start();
      this.#settle();
    } catch (error) {
      this.failed(error);
    }
  }

  async #openReader(subject: string, position: SubscribePlan['subjects'][number]['position']): Promise<SubjectReader> {
    const nextId = await position.resolve(this.#context.log);
    const feed = await this.#context.hub.acquire(subject);
    if (this.ended) {
      this.#context.hub.release(feed);
      throw new BrokerError('CANCELLED', 'the subscription was cancelled');
    }
    const reader = new SubjectReader(feed, this, { nextId: nextId ?? feed.knownId + 1, exact: position.exact });
    this.#readers.set(subject, reader);
    return reader;
  }

  /** A reader that a pattern has led to. */
  adopt(feed: Feed, start: ReaderStart): SubjectReader {
    const reader = new SubjectReader(feed, this, start);
    if (this.#plan.stopAtHead) this.#stopIds.set(reader, feed.knownId);
    return reader;
  }

  /** Gives a reader back: its feed may close. */
  drop(reader: SubjectReader): void {
    reader.close();
    this.#behind.delete(reader);
    this.#stalled.delete(reader);
    this.#stopIds.delete(reader);
    this.#context.hub.release(reader.feed);
  }

  begin(reader: SubjectReader): void {
    if (reader.live) reader.pump();
    else this.#serve(reader);
  }

  deliver(reader: SubjectReader, delivery: Delivery, source: 'live' | 'log'): void {
    const stopId = this.#stopIds.get(reader);
    if (stopId !== undefined && delivery.message.id > stopId) return;
    this.handOver(delivery, source);
  }

  /** Gives one message to the subscriber. */
  handOver(delivery: Delivery, source: 'live' | 'log'): void {
    this.#remaining--;
    this.#delivered[source]++;
    this.#subscriber.deliver(delivery);
  }

  pumped(reader: SubjectReader): void {
    if (reader.caughtUp) this.#stalled.delete(reader);
    else this.#stalled.add(reader);
    this.#context.hub.flushLater(this);
  }

  fellBehind(reader: SubjectReader): void {
    this.noteBehind();
    this.#serve(reader);
  }

  /** Tells the subscriber, once, that it is served from the log. */
  noteBehind(): void {
    if (!this.#caughtUp) return;
    this.#caughtUp = false;
    this.#context.metrics.fellBehind();
    this.#event({ kind: 'fellBehind' });
  }

  truncated(subject: string, firstId: number): boolean {
    if (!this.#plan.skipTruncated) {
      this.failed(
        new BrokerError('POSITION_TRUNCATED', `messages of subject "${subject}" before ${firstId} are gone`, {
          fields: { subject, first_available: String(firstId) },
        }),
      );
      return false;
    }
    this.#event({ kind: 'truncated', subject, firstAvailableId: firstId });
    return !this.ended;
  }

  failed(error: unknown): void {
    this.#end(toBrokerError(error));
  }

  resume(): void {
    if (!this.ready) return;
    this.#wake();
    for (const reader of this.#stalled) {
      if (!this.ready) return;
      reader.pump();
    }
  }

  drain(): void {
    if (this.ended) return;
    if (this.#state === 'running') this.#event({ kind: 'draining' });
    this.#end(new BrokerError('DRAINING', 'the server is draining; resume with the last cursor on another connection'));
  }

  cancel(): void {
    this.#close();
  }

  cursor(): string {
    const positions = new Map<string, number>();
    for (const [subject, reader] of this.#readers) positions.set(subject, reader.nextId - 1);
    const cursor: Cursor = { epoch: this.#context.epoch, settledUs: 0, positions };
    return encodeCursor(this.#watch === undefined ? cursor : this.#watch.addTo(cursor, positions));
  }

  /** Resolves when the subscriber is ready again; false once the subscription has ended. */
  async untilReady(): Promise<boolean> {
    while (!this.ready && !this.ended) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    return !this.ended;
  }

  /** Waits out a storage that is away, unless it is this process's own: that does not come back. */
  persistently<T>(operation: () => Promise<T>): Promise<T> {
    return this.#context.soleWriter ? operation() : throughOutages(operation, this);
  }

  pause(ms: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.#pauses.delete(finish);
        resolve();
      };
      const cancel = this.#context.clock.after(ms, finish);
      this.#pauses.add(finish);
    });
  }

  /** Sends what has been delivered, and says what the subscription has come to. */
  flush(): void {
    if (this.#state !== 'running') return;
    const { live, log } = this.#delivered;
    if (live + log > 0) {
      this.#delivered = { live: 0, log: 0 };
      try {
        this.#subscriber.flush(() => this.cursor());
      } catch (error) {
        this.failed(error);
        return;
      }
      if (live > 0) this.#context.metrics.delivered('live', live);
      if (log > 0) this.#context.metrics.delivered('log', log);
    }
    this.#settle();
  }

  /** Ends what has reached its end, and announces once that everything stored has been delivered. */
  #settle(): void {
    if (this.#state !== 'running') return;
    if (this.#remaining === 0 || this.#reachedStop()) {
      this.#end(undefined);
      return;
    }
    if (this.#caughtUp || this.#behind.size > 0 || this.#stalled.size > 0 || this.#watch?.caughtUp === false) return;
    this.#caughtUp = true;
    this.#event({ kind: 'caughtUp' });
  }

  #reachedStop(): boolean {
    if (!this.#plan.stopAtHead || this.#watch?.scanned === false) return false;
    for (const [reader, stopId] of this.#stopIds) {
      if (reader.nextId <= stopId) return false;
    }
    return true;
  }

  #serve(reader: SubjectReader): void {
    this.#stalled.delete(reader);
    this.#behind.add(reader);
    if (!this.#servingLog) void this.#serveFromLog();
  }

  async #serveFromLog(): Promise<void> {
    this.#servingLog = true;
    try {
      while (this.#behind.size > 0 && (await this.untilReady())) await this.#servePage();
    } catch (error) {
      this.failed(error);
    } finally {
      this.#servingLog = false;
    }
  }

  async #servePage(): Promise<void> {
    const readers = [...this.#behind].slice(0, READERS_PER_PAGE);
    const ranges = readers.map(({ subject, nextId }) => ({ subject, fromId: nextId, maxMessages: PAGE_MESSAGES }));
    const pages = await this.persistently(() => this.#context.log.read(ranges, PAGE_BYTES));
    for (const [index, reader] of readers.entries()) {
      const page = pages[index]!;
      if (this.ended || !this.#behind.has(reader)) continue;
      if (!reader.accepts(page)) return;
      const span = this.#context.tracing?.startDelivery(page.messages, 'log');
      try {
        for (const message of page.messages) {
          // Again, because the walk of the patterns may have been woken too and have used the room.
          while (!this.ready) {
            this.flush();
            if (!(await this.untilReady())) return;
          }
          reader.deliverFromLog(message);
        }
      } finally {
        span?.end();
      }
      reader.pageDone(page.nextId);
      // Whoever is still behind goes to the end of the line.
      this.#behind.delete(reader);
      if (reader.live) reader.pump();
      else this.#behind.add(reader);
    }
    this.flush();
  }

  #event(event: SubscriptionEvent): void {
    this.#subscriber.event(event, () => this.cursor());
  }

  #end(error: BrokerError | undefined): void {
    if (this.ended) return;
    // After a bug of ours, what was collected is not to be trusted.
    const unsent = this.#delivered.live + this.#delivered.log > 0 && error?.reason !== 'INTERNAL';
    if (unsent) this.#subscriber.flush(() => this.cursor());
    this.#close();
    this.#subscriber.end(error);
  }

  #close(): void {
    if (this.ended) return;
    this.#state = 'ended';
    this.#watch?.close();
    for (const reader of this.#readers.values()) this.drop(reader);
    this.#wake();
    for (const finish of this.#pauses) finish();
    this.#onClosed(this);
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
