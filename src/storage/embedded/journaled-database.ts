import type { Clock } from '../../core/clock.js';
import type { BrokerError } from '../../core/errors.js';
import type { Database, Entry, Range, Write } from './database.js';
import { closedError, storageError, unknownOutcomeError } from './errors.js';
import { decodeMark, encodeMark } from './journal-mark.js';
import { recordBytes } from './journal-record.js';
import { replayJournal } from './journal-replay.js';
import { Journal, MAX_RECORD_BYTES, prepareSegments } from './journal.js';
import { JOURNAL_KEY } from './keys.js';
import { mergedEntries, mergedKeys } from './merged-range.js';
import { nameOf, Overlay } from './overlay.js';

/** How long a record stays in the journal alone; also how often a flush that found the disk full is tried again. */
const FLUSH_AFTER_MS = 1000;

/** What a database without a mark includes: all of a journal that does not count any more. */
const ALL = Number.POSITIVE_INFINITY;

/**
 * A database behind a journal. A small transaction is on disk with a single write to the journal, is then held in
 * memory over the database, and reaches it later, with many others in one transaction. A large one goes to the database
 * at once, together with everything that is held.
 *
 * What is held is in two parts, each with a segment of the journal: the active one grows; the frozen one is on its way
 * to the database and does not change. Reads look at both first.
 */
export class JournaledDatabase implements Database {
  readonly #below: Database;
  readonly #folder: string;
  readonly #clock: Clock;
  #journal: Journal | undefined;
  #active = new Overlay();
  #frozen: Overlay | undefined;
  #flushing: Promise<void> | undefined;
  /** The mark that a large transaction on its way leaves: once it is there, the database is newer than what is held. */
  #arriving: number | undefined;
  #cancelTimer: (() => void) | undefined;
  /** The timer fired while a record was being written; its commit does what the timer was for. */
  #overdue = false;
  #failure: BrokerError | undefined;
  #closing = false;
  #closed = false;

  private constructor(below: Database, folder: string, clock: Clock) {
    this.#below = below;
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Replays what the database lacks. Where the disk is full it stays in the journal and in memory until there is space.
   *
   * @throws BrokerError DATA_LOSS when something acknowledged is gone
   */
  static async open(below: Database, folder: string, clock: Clock): Promise<JournaledDatabase> {
    const database = new JournaledDatabase(below, folder, clock);
    const mark = below.get(JOURNAL_KEY);
    if (mark !== undefined) await database.#recover(replayJournal(folder, decodeMark(mark)));
    if (database.#frozen === undefined) database.#prepare();
    return database;
  }

  async #recover(writes: readonly Write[]): Promise<void> {
    this.#frozen = new Overlay();
    this.#frozen.apply(writes);
    this.#frozen.apply([markWrite(undefined)]);
    await this.#flush().catch(ignoreFull);
    this.#startTimer();
  }

  /** Creates the journal's files; on a full disk that is left to the first who needs them. */
  #prepare(): void {
    try {
      prepareSegments(this.#folder);
    } catch (error) {
      ignoreFull(error);
    }
  }

  assertUsable(): void {
    if (this.#closed) throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
  }

  get(key: Buffer): Buffer | undefined {
    const held = this.#heldWrite(key);
    return held === undefined ? this.#below.get(key) : held[1];
  }

  look<T>(key: Buffer, use: (value: Buffer) => T): T | undefined {
    const held = this.#heldWrite(key);
    if (held === undefined) return this.#below.look(key, use);
    return held[1] === undefined ? undefined : use(held[1]);
  }

  #heldWrite(key: Buffer): Write | undefined {
    this.assertUsable();
    const layers = this.#layers();
    if (layers.length === 0) return undefined;
    const name = nameOf(key);
    for (const layer of layers) {
      const write = layer.get(name);
      if (write !== undefined) return write;
    }
    return undefined;
  }

  entries(range: Range): Generator<Entry, void, void> {
    this.assertUsable();
    return mergedEntries(this.#layers(), this.#below, range);
  }

  keys(range: Range): Generator<Buffer, void, void> {
    this.assertUsable();
    return mergedKeys(this.#layers(), this.#below, range);
  }

  first(range: Range): Entry | undefined {
    for (const entry of this.entries(range)) return entry;
    return undefined;
  }

  firstKey(range: Range): Buffer | undefined {
    for (const key of this.keys(range)) return key;
    return undefined;
  }

  /** What hides the database, from the newest to the oldest. */
  #layers(): readonly Overlay[] {
    // All reads of one turn see one transaction of the database: either the mark and everything with it, or nothing.
    if (this.#arriving !== undefined && this.#included() >= this.#arriving) return [];
    if (this.#frozen === undefined) return this.#active.isEmpty ? [] : [this.#active];
    return this.#active.isEmpty ? [this.#frozen] : [this.#active, this.#frozen];
  }

  #included(): number {
    const mark = this.#below.get(JOURNAL_KEY);
    return mark === undefined ? ALL : decodeMark(mark).included;
  }

  async commit(writes: Iterable<Write>): Promise<void> {
    this.assertUsable();
    const list = [...writes];
    const bytes = recordBytes(list);
    if (bytes > MAX_RECORD_BYTES) return this.#commitLarge(list);
    const journal = await this.#withRoom(bytes);
    try {
      await journal.append(list);
    } catch (error) {
      this.#failure = storageError(error);
      throw unknownOutcomeError(error);
    }
    this.#active.apply(list);
    if (this.#overdue) this.#flushHeld();
    else this.#startTimer();
  }

  /** A journal that takes this many bytes. @throws BrokerError STORAGE_FULL */
  async #withRoom(bytes: number): Promise<Journal> {
    if (this.#journal?.hasRoom(bytes) === true) return this.#journal;
    if (this.#frozen !== undefined) await this.#flush();
    if (this.#journal === undefined) return this.#begin();
    this.#freeze(this.#journal);
    return this.#journal;
  }

  async #begin(): Promise<Journal> {
    let journal: Journal;
    try {
      journal = await Journal.begin(this.#folder);
    } catch (error) {
      throw storageError(error);
    }
    try {
      await this.#write([markWrite(journal)]);
    } catch (error) {
      await journal.close();
      throw error;
    }
    this.#journal = journal;
    return journal;
  }

  async #commitLarge(writes: readonly Write[]): Promise<void> {
    await this.#flushing?.catch(ignoreFull);
    if (!this.#holds) return this.#write(writes);
    const all = this.#held();
    all.apply(writes);
    all.apply([markWrite(this.#journal)]);
    this.#arriving = this.#journal?.sequence ?? ALL;
    try {
      await this.#write(all.writes());
      this.#active = new Overlay();
      this.#frozen = undefined;
      this.#journal?.rewind();
    } finally {
      this.#arriving = undefined;
      this.#startTimer();
    }
  }

  get #holds(): boolean {
    return this.#frozen !== undefined || !this.#active.isEmpty;
  }

  /** Everything that the database does not have. */
  #held(): Overlay {
    const held = new Overlay();
    if (this.#frozen !== undefined) held.apply(this.#frozen.writes());
    held.apply(this.#active.writes());
    return held;
  }

  async #write(writes: Iterable<Write>): Promise<void> {
    this.assertUsable();
    try {
      await this.#below.commit(writes);
    } catch (error) {
      const failure = storageError(error);
      if (failure.reason !== 'STORAGE_FULL') this.#failure = storageError(failure.cause);
      throw failure;
    }
  }

  /** Begins to move what is held to the database; the other segment is free for what comes. */
  #freeze(journal: Journal): void {
    this.#active.apply([markWrite(journal)]);
    this.#frozen = this.#active;
    this.#active = new Overlay();
    journal.switchSegment();
    this.#flush().catch(ignoreFailure);
  }

  /** Commits the frozen part, or waits for that. @throws BrokerError STORAGE_FULL; it then stays frozen */
  #flush(): Promise<void> {
    this.#flushing ??= this.#commitFrozen().finally(() => {
      this.#flushing = undefined;
      this.#startTimer();
    });
    return this.#flushing;
  }

  async #commitFrozen(): Promise<void> {
    await this.#write(this.#frozen?.writes() ?? []);
    this.#frozen = undefined;
  }

  #startTimer(): void {
    if (!this.#holds || this.#closing || this.#failure !== undefined) return;
    this.#cancelTimer ??= this.#clock.after(FLUSH_AFTER_MS, () => {
      this.#cancelTimer = undefined;
      // A record that is being written belongs to the active part, which cannot be frozen without it.
      if (this.#journal?.isWriting === true) this.#overdue = true;
      else this.#flushHeld();
    });
  }

  #flushHeld(): void {
    this.#overdue = false;
    // What is on its way starts the timer again when something is left.
    if (this.#arriving !== undefined || this.#flushing !== undefined) return;
    if (this.#frozen !== undefined) this.#flush().catch(ignoreFailure);
    else if (this.#journal !== undefined && !this.#active.isEmpty) this.#freeze(this.#journal);
  }

  /** Moves everything to the database. On a full disk it stays in the journal, for the next who opens it. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#cancelTimer?.();
    try {
      await this.#flushing?.catch(ignoreFull);
      if (this.#failure === undefined && (this.#holds || this.#journal !== undefined)) {
        const all = this.#held();
        all.apply([markWrite(undefined)]);
        await this.#write(all.writes()).catch(ignoreFull);
      }
    } finally {
      this.#closed = true;
      await this.#below.close();
      await this.#journal?.close();
    }
  }
}

/** Says that the database includes all of the journal so far; without a journal, that none counts. */
function markWrite(journal: Journal | undefined): Write {
  const mark =
    journal === undefined ? undefined : encodeMark({ identity: journal.identity, included: journal.sequence });
  return [JOURNAL_KEY, mark];
}

/** In the background: a full disk is tried again, and any other failure is told to whoever comes next. */
function ignoreFailure(): void {}

function ignoreFull(error: unknown): void {
  if (storageError(error).reason !== 'STORAGE_FULL') throw error;
}
