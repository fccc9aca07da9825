import { isExpired } from '../core/message.js';
import type { SubjectInfo } from '../storage/storage.js';
import type { Cursor, ScanPosition } from './cursor.js';
import type { Feed } from './feed.js';
import type { PatternListener } from './pattern-index.js';
import type { SubscribePlan } from './subscribe-plan.js';
import type { ReaderStart, SubjectReader } from './subject-reader.js';
import { Delivery } from './subscriber.js';
import type { SubscriptionContext } from './subscription-context.js';

/** What a watch needs of the subscription that it belongs to. */
export interface PatternOwner {
  readonly ended: boolean;
  readonly ready: boolean;
  nowUs(): number;
  /**
   * A new reader, which delivers nothing before `begin`: its first delivery is sent with a cursor, and the cursor must
   * know it.
   */
  adopt(feed: Feed, start: ReaderStart): SubjectReader;
  begin(reader: SubjectReader): void;
  /** Gives a reader back. */
  drop(reader: SubjectReader): void;
  /** Gives one message to the subscriber. */
  handOver(delivery: Delivery, source: 'live' | 'log'): void;
  /** Sends what was handed over. */
  flush(): void;
  /** False once the subscription has ended. */
  untilReady(): Promise<boolean>;
  /** Resolves after so many milliseconds, or at once when the subscription has ended. */
  pause(ms: number): Promise<void>;
  /** Waits out a shared storage that is away. Rejects when the subscription has ended meanwhile. */
  persistently<T>(operation: () => Promise<T>): Promise<T>;
  noteBehind(): void;
  /** Messages between the position in `subject` and `firstId` are gone. False ends the subscription. */
  truncated(subject: string, firstId: number): boolean;
  failed(error: unknown): void;
}

/** Readers of subjects that patterns have led to; more than that at once and the subjects are walked through again. */
const MAX_READERS = 1024;
/**
 * Where others write too, readers stay for as long as the settled time lags behind, and are in the cursor: this many, with
 * the longest subjects, are still less than a cursor may hold.
 */
const MAX_SHARED_READERS = 2048;
/** Between two walks there: the settled time must have moved for the next one to find more. */
const WALK_PAUSE_MS = 1_000;
/** `nowUs` is an estimate, and so are the times that other replicas give to what they write. */
const CLOCK_ERROR_US = 1_000_000;
/** Subjects written to during a walk; more than that and another walk follows. */
const MAX_PENDING = 10_000;
/** Readers opened side by side. */
const OPENED_AT_ONCE = 64;
const SUBJECTS_PER_PAGE = 256;
const PAGE_BYTES = 256 * 1024;
const PAGE_MESSAGES = 4096;

/**
 * The patterns of one subscription. Whatever matches has been delivered up to a *settled time*, except the subjects that
 * have a reader of their own; so the position in any number of subjects is one time and a short list.
 *
 * Stored messages are delivered by a *walk*: it fixes a target time, goes through the matching subjects in their order
 * and delivers each up to the target, which then becomes the settled time. Subjects that are written to meanwhile wait
 * until the walk is over. After it every write to a matching subject brings it a reader, and readers that have caught up
 * are dropped when there are too many. When too many have *not* caught up, because the subscriber is slow, the settled
 * time stops and another walk serves the rest.
 *
 * A cursor is the settled time S and ids, so S must never pass a message that was not delivered and that no id stands
 * for. How far it may move depends on who writes:
 *
 * - This process alone: it is told of each write, in the order of their times, so S follows the last one dispatched.
 * - Others too: what they write is noticed late, in any order, and their times come in any order too. Own writes prove
 *   nothing about theirs, hence S follows only the sweeps of the hub ({@link SubjectSweep}): at the end of one every
 *   subject with a message up to its time has been noticed. Whoever is noticed has a reader, or waits in `#pending` and
 *   keeps S where it is, or has nothing after S. A reader's feed was told the id that its subject had come to, so the
 *   reader has not caught up, and its id is in the cursor, until everything up to that has been delivered.
 *
 * S may thus lag behind by a sweep, and by as much as the storage's settled time lags behind the present. That costs no
 * delay, only room: a subject whose reader has delivered later messages is in the cursor by its id. And a walk does not
 * reach the present: whatever it finds to have later messages gets a reader after it.
 */
export class PatternWatch implements PatternListener {
  readonly #context: SubscriptionContext;
  readonly #plan: SubscribePlan;
  readonly #owner: PatternOwner;
  readonly #readers = new Map<string, SubjectReader>();
  readonly #unwatch: (() => void)[] = [];
  /** Subjects written to whose reader has not been opened yet, with the time of their last message as far as known. */
  readonly #pending = new Map<string, number>();
  /** Positions of a cursor that the walk has not come to yet. */
  readonly #positions: Map<string, number>;
  readonly #maxReaders: number;
  #settledUs: number;
  #scan: ScanPosition | undefined;
  /** What was settled when writes began to be noticed; a walk that an earlier subscription began has an earlier target. */
  #openedUs = 0;
  /** Time of the last sweep: all that was published up to it has been noticed. */
  #sweptUs = 0;
  /** Subject that the walk is in, and how far. */
  #current: { readonly subject: string; nextId: number } | undefined;
  #walking = true;
  #scannedOnce = false;
  /** What was stored later than the first walk's target has readers. */
  #tailOpened = false;
  /** There are writes that neither a reader nor `#pending` stands for: only another walk finds them. */
  #overflowed = false;
  #running = false;

  constructor(context: SubscriptionContext, plan: SubscribePlan, owner: PatternOwner) {
    this.#context = context;
    this.#plan = plan;
    this.#owner = owner;
    this.#maxReaders = context.soleWriter ? MAX_READERS : MAX_SHARED_READERS;
    this.#positions = new Map(plan.patternStart.positions);
    for (const { subject } of plan.subjects) this.#positions.delete(subject);
    this.#settledUs = plan.patternStart.settledUs ?? 0;
    this.#scan = plan.patternStart.scan;
  }

  /** Nothing that was stored when the subscription began is waiting for a walk or a reader any more. */
  get scanned(): boolean {
    return this.#scannedOnce && (this.#tailOpened || this.#context.soleWriter);
  }

  get caughtUp(): boolean {
    return !this.#walking && !this.#overflowed && this.#pending.size === 0;
  }

  /** From here on writes are noticed. */
  async open(): Promise<void> {
    for (const pattern of this.#plan.patterns) this.#unwatch.push(this.#context.hub.watchPattern(pattern, this));
    // The cursor may know of a later settled time, from a replica that has asked later.
    this.#openedUs = Math.max(this.#settledUs, await this.#context.hub.settle());
    if (this.#plan.patternStart.settledUs === undefined) {
      this.#settledUs = this.#newSinceUs();
      this.#scannedOnce = true;
      this.#tailOpened = true;
      this.#walking = false;
    } else {
      this.#scan ??= { targetUs: this.#openedUs, pattern: 0, after: '' };
    }
  }

  /**
   * What is new is published later than this. The settled time may lag behind by seconds; what lies between has been
   * published before the subscription began, even if it appears only now.
   */
  #newSinceUs(): number {
    if (this.#context.soleWriter) return this.#openedUs;
    return Math.max(this.#openedUs, this.#owner.nowUs() - CLOCK_ERROR_US);
  }

  start(): void {
    void this.#run();
  }

  touched(subject: string, written: readonly Delivery[], acquire: () => Feed | undefined): void {
    const { publishTimeUs } = written.at(-1)!.message;
    if (!this.#isNews(subject, publishTimeUs)) return;
    if (this.#walking || this.#overflowed || this.#pending.has(subject) || !this.#context.soleWriter) {
      this.noticed(subject, publishTimeUs);
      return;
    }
    if (this.#readers.size >= this.#maxReaders && !this.#dropIdleReaders()) {
      this.#overflow();
      return;
    }
    const feed = acquire();
    if (feed === undefined) {
      this.noticed(subject, publishTimeUs);
      return;
    }
    // Nothing else of this subject has been written since the settled time, or there would be a reader: it begins here.
    const first = written.find(({ message }) => message.publishTimeUs > this.#settledUs)!;
    this.#begin(subject, feed, { nextId: first.message.id, exact: false });
  }

  noticed(subject: string, publishTimeUs: number): void {
    if (!this.#isNews(subject, publishTimeUs)) return;
    this.#await(subject, publishTimeUs);
    if (!this.#walking && !this.#overflowed) void this.#run();
  }

  /** What was published up to the settled time has been delivered, and a reader gets the rest from its feed. */
  #isNews(subject: string, publishTimeUs: number): boolean {
    return publishTimeUs > this.#settledUs && !this.#readers.has(subject) && !this.#isNamed(subject);
  }

  swept(timeUs: number): void {
    this.#sweptUs = timeUs;
    this.#advance();
  }

  close(): void {
    for (const unwatch of this.#unwatch.splice(0)) unwatch();
    for (const reader of this.#readers.values()) this.#owner.drop(reader);
    this.#readers.clear();
  }

  /** The cursor with what the patterns add to it. */
  addTo(cursor: Cursor, positions: Map<string, number>): Cursor {
    const settledUs = this.#advance();
    for (const [subject, id] of this.#positions) positions.set(subject, id);
    for (const [subject, reader] of this.#readers) {
      if (!reader.caughtUp || reader.lastTimeUs > settledUs) positions.set(subject, reader.nextId - 1);
    }
    if (this.#current !== undefined) positions.set(this.#current.subject, this.#current.nextId - 1);
    return { ...cursor, settledUs, ...(this.#scan === undefined ? {} : { scan: this.#scan }) };
  }

  /** Moves the settled time on to where everything written has been noticed, if all that was noticed has a reader. */
  #advance(): number {
    const noticedUs = this.#context.soleWriter ? this.#context.hub.lastTimeUs : this.#sweptUs;
    if (this.caughtUp && noticedUs > this.#settledUs) this.#settledUs = noticedUs;
    return this.#settledUs;
  }

  #isNamed(subject: string): boolean {
    return this.#plan.subjects.some((named) => named.subject === subject);
  }

  #await(subject: string, publishTimeUs: number): void {
    const known = this.#pending.get(subject);
    if (known !== undefined || this.#pending.size < MAX_PENDING) {
      this.#pending.set(subject, Math.max(known ?? 0, publishTimeUs));
    } else this.#overflowed = true;
  }

  #overflow(): void {
    this.#advance();
    this.#overflowed = true;
    this.#owner.noteBehind();
    void this.#run();
  }

  /** False when every reader still has something to deliver. */
  #dropIdleReaders(): boolean {
    this.#advance();
    for (const [subject, reader] of this.#readers) {
      if (!reader.caughtUp || reader.lastTimeUs > this.#settledUs) continue;
      this.#readers.delete(subject);
      this.#owner.drop(reader);
    }
    return this.#readers.size < this.#maxReaders;
  }

  /** Walks, opens the readers that wait, and walks again for as long as there is something that only a walk finds. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#owner.ended) {
        while (this.#walking && !this.#owner.ended) await this.#walk();
        // A subscription that stops at the head ends here.
        this.#owner.flush();
        await this.#openPending();
        if (this.#owner.ended) break;
        if (!this.#overflowed) {
          this.#tailOpened = true;
          if (this.#pending.size === 0) break;
          // Somebody has come to wait since the last reader was opened.
          continue;
        }
        if (!this.#context.soleWriter) await this.#owner.pause(WALK_PAUSE_MS);
        if (!(await this.#owner.untilReady())) break;
        const targetUs = await this.#owner.persistently(() => this.#context.hub.settle());
        this.#overflowed = false;
        this.#walking = true;
        this.#scan = { targetUs, pattern: 0, after: '' };
      }
    } catch (error) {
      this.#owner.failed(error);
    } finally {
      this.#running = false;
    }
    this.#owner.flush();
  }

  async #openPending(): Promise<void> {
    for (;;) {
      const subjects = this.#nextPending();
      if (subjects.length === 0 || this.#owner.ended) return;
      if (this.#readers.size + subjects.length > this.#maxReaders && !this.#dropIdleReaders()) {
        this.#owner.noteBehind();
        this.#overflowed = true;
        this.#pending.clear();
        return;
      }
      await Promise.all(subjects.map((subject) => this.#openReader(subject)));
    }
  }

  #nextPending(): readonly string[] {
    const subjects: string[] = [];
    for (const [subject, publishTimeUs] of this.#pending) {
      // A walk may have delivered it meanwhile.
      if (publishTimeUs <= this.#settledUs) this.#pending.delete(subject);
      else subjects.push(subject);
      if (subjects.length === OPENED_AT_ONCE) break;
    }
    return subjects;
  }

  async #openReader(subject: string): Promise<void> {
    const { hub } = this.#context;
    const known = this.#positions.get(subject);
    const start = known === undefined ? await this.#startByTime(subject) : await this.#startAfter(subject, known);
    // Transient messages are only in feeds; it goes back to where this reader begins, to have them.
    const fromId = known === undefined && !this.#context.soleWriter ? start.nextId : undefined;
    const feed = await this.#owner.persistently(() => hub.acquire(subject, fromId));
    if (this.#owner.ended) {
      hub.release(feed);
      return;
    }
    this.#begin(subject, feed, start);
  }

  /** From here on the reader, and nothing else, stands for the subject in the cursor. */
  #begin(subject: string, feed: Feed, start: ReaderStart): void {
    const reader = this.#owner.adopt(feed, start);
    this.#readers.set(subject, reader);
    this.#pending.delete(subject);
    this.#positions.delete(subject);
    this.#owner.begin(reader);
  }

  async #startByTime(subject: string): Promise<ReaderStart> {
    const afterTimeUs = this.#settledUs;
    return { nextId: await this.#idAfter(subject, afterTimeUs), exact: true, afterTimeUs };
  }

  /** Its id stays in the cursor for as long as what it stands for may be later than the settled time. */
  async #startAfter(subject: string, id: number): Promise<ReaderStart> {
    const [head] = await this.#owner.persistently(() => this.#context.log.heads([subject]));
    return { nextId: id + 1, exact: true, lastTimeUs: head!.lastPublishTimeUs };
  }

  async #walk(): Promise<void> {
    const target = this.#scan!;
    for (let index = target.pattern; index < this.#plan.patterns.length; index++) {
      const { prefix } = this.#plan.patterns[index]!;
      let after = index === target.pattern ? target.after : '';
      for (;;) {
        const request = { prefix, after, limit: SUBJECTS_PER_PAGE };
        const page = await this.#owner.persistently(() => this.#context.log.subjects(request));
        for (const info of page) {
          const walked = { targetUs: target.targetUs, pattern: index, after: info.subject };
          const reader = this.#readers.get(info.subject);
          // What others have written up to the target may not have been noticed: till it is read, the cursor has an id.
          reader?.feed.hint(info.lastId);
          if (reader === undefined && this.#belongsTo(index, info.subject)) {
            await this.#replay(info, walked);
            // Stored already, and later than the settled time of a storage that others write to.
            if (!this.#context.soleWriter) this.noticed(info.subject, info.lastPublishTimeUs);
          } else this.#scan = walked;
          if (this.#owner.ended) return;
        }
        if (page.length < SUBJECTS_PER_PAGE) break;
        after = page.at(-1)!.subject;
      }
    }
    this.#settledUs = Math.max(this.#settledUs, target.targetUs);
    if (this.#settledUs < this.#openedUs) {
      this.#scan = { targetUs: this.#openedUs, pattern: 0, after: '' };
      return;
    }
    this.#scan = undefined;
    for (const subject of this.#positions.keys()) {
      if (!this.#pending.has(subject)) this.#positions.delete(subject);
    }
    this.#walking = false;
    this.#scannedOnce = true;
  }

  /** A subject belongs to the first pattern that matches it, unless it was named. */
  #belongsTo(index: number, subject: string): boolean {
    if (this.#isNamed(subject)) return false;
    return this.#plan.patterns.findIndex((pattern) => pattern.matches(subject)) === index;
  }

  /** Delivers one subject from its position up to the target time; the walk then stands at `walked`. */
  async #replay(info: SubjectInfo, walked: ScanPosition): Promise<void> {
    const { subject } = info;
    const { targetUs } = walked;
    const known = this.#positions.get(subject);
    if (known === undefined && info.lastPublishTimeUs <= this.#settledUs) {
      this.#scan = walked;
      return;
    }
    let nextId: number;
    if (known !== undefined) nextId = known + 1;
    else if (this.#settledUs === 0) nextId = info.firstId;
    else nextId = await this.#idAfter(subject, this.#settledUs);
    // Who resumes, or has fallen behind, has seen what lies before; what is gone after that is a loss to it.
    const exact = this.#plan.patternStart.resumes || this.#scannedOnce;
    if (exact && info.firstId > nextId && !this.#owner.truncated(subject, info.firstId)) return;
    this.#positions.delete(subject);
    this.#current = { subject, nextId };
    await this.#deliverUntil(this.#current, targetUs);
    this.#owner.flush();
    if (known !== undefined && known >= (await this.#idAfter(subject, targetUs))) {
      // The cursor had come further than the target: only a reader of its own can tell.
      this.#positions.set(subject, known);
      this.#await(subject, Number.POSITIVE_INFINITY);
    }
    // In one turn: a cursor asked for in between would have neither position of the subject.
    this.#current = undefined;
    this.#scan = walked;
  }

  /** The id that follows the last message published at `timeUs` or before. */
  #idAfter(subject: string, timeUs: number): Promise<number> {
    return this.#owner.persistently(() => this.#context.log.idAtTime(subject, timeUs + 1));
  }

  async #deliverUntil(current: { readonly subject: string; nextId: number }, targetUs: number): Promise<void> {
    for (;;) {
      if (!(await this.#owner.untilReady())) return;
      const range = { subject: current.subject, fromId: current.nextId, maxMessages: PAGE_MESSAGES };
      const [page] = await this.#owner.persistently(() => this.#context.log.read([range], PAGE_BYTES));
      const span = this.#context.tracing?.startDelivery(page!.messages, 'log');
      try {
        for (const message of page!.messages) {
          if (message.publishTimeUs > targetUs) return;
          // Again, because another reader of the subscription may have been woken too and have used the room.
          while (!this.#owner.ready) {
            this.#owner.flush();
            if (!(await this.#owner.untilReady())) return;
          }
          if (!isExpired(message, this.#owner.nowUs())) this.#owner.handOver(new Delivery(message), 'log');
          current.nextId = message.id + 1;
        }
      } finally {
        span?.end();
      }
      this.#owner.flush();
      if (page!.nextId > current.nextId) current.nextId = page!.nextId;
      if (current.nextId > page!.lastId) return;
    }
  }
}
