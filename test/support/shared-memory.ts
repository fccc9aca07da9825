import { BrokerError } from '../../src/core/errors.js';
import { NEVER_EXPIRES, type Message } from '../../src/core/message.js';
import { createMemoryStorage } from '../../src/storage/memory/index.js';
import type {
  AppendItem,
  AppendResult,
  Capabilities,
  Hint,
  MessageLog,
  ReadRange,
  ReadResult,
  RecordStore,
  Storage,
  SubjectHead,
} from '../../src/storage/storage.js';
import type { Clock } from '../../src/core/clock.js';

const NEW_SUBJECT: SubjectHead = { lastId: 0, lastPublishTimeUs: 0, firstId: 1 };

/** An append that has ids and times and that nobody can see yet. */
export interface HeldCommit {
  /** Its messages have this time or a later one. */
  readonly firstTimeUs: number;
  /** Makes it visible and answers it. */
  release(): void;
}

/**
 * A memory storage that stands for a server which several brokers share, with what can happen there: it can be away, it
 * may lose hints, it keeps transient messages for the other brokers, and its appends may become visible in another order
 * than that of their times (while one is held, another one to the same subject waits). `connect` gives each broker its own
 * access.
 */
export class SharedMemory {
  readonly #memory: Storage;
  readonly #transient = new Map<string, Message[]>();
  /** Subjects that an append is under way to. */
  readonly #locked = new Set<string>();
  /** What was visible of a subject before the append that is held. */
  readonly #before = new Map<string, SubjectHead>();
  readonly held: HeldCommit[] = [];
  /** Operations fail while it is. */
  away = false;
  /** Reading these fails with DATA_LOSS. */
  readonly damaged = new Set<string>();
  /** Nobody is told of writes while it is. */
  silent = false;
  /** Appends become visible only when they are released. */
  holding = false;
  /** How far the settled time stays behind the present. */
  lagUs = 0;
  /** Operations asked for, by name; those that failed because it was away are counted too. */
  readonly asked = new Map<string, number>();

  constructor(clock: Clock) {
    this.#memory = createMemoryStorage({ clock });
  }

  connect(capabilities: Partial<Capabilities> = {}): Storage {
    const guard = <T>(operation: string, call: () => Promise<T>): Promise<T> => this.#guard(operation, call);
    const { log, records } = this.#memory;
    const sharedLog: MessageLog = {
      append: (items) => guard('append', () => this.#append(items)),
      get: (subject, id) => guard('get', async () => (this.#sees(subject, id) ? log.get(subject, id) : undefined)),
      read: (ranges, maxBytes) => guard('read', () => this.#read(ranges, maxBytes)),
      heads: (subjects) => guard('heads', () => this.#heads(subjects)),
      subjects: (options) =>
        guard('subjects', async () =>
          (await log.subjects(options))
            .map((info) => ({ ...info, ...this.#before.get(info.subject) }))
            .filter(({ lastId }) => lastId > 0),
        ),
      idAtTime: (subject, timeUs) =>
        guard('idAtTime', async () => {
          const before = this.#before.get(subject);
          const id = await log.idAtTime(subject, timeUs);
          return before === undefined ? id : Math.min(id, before.lastId + 1);
        }),
      settledTimeUs: () =>
        guard('settledTimeUs', async () =>
          this.held.reduce(
            (settled, held) => Math.min(settled, held.firstTimeUs - 1),
            Math.min(await log.settledTimeUs(), this.#memory.nowUs() - this.lagUs),
          ),
        ),
      purge: (subject, options) => guard('purge', () => log.purge(subject, options)),
      expire: () => guard('expire', () => log.expire()),
    };
    const sharedRecords: RecordStore = {
      get: (partition, key) => guard('records.get', () => records.get(partition, key)),
      scan: (partition, range) => guard('records.scan', () => records.scan(partition, range)),
      commit: (partition, commit) => guard('records.commit', () => records.commit(partition, commit)),
    };
    return {
      name: 'memory',
      capabilities: {
        ...this.#memory.capabilities,
        shared: true,
        remoteHints: true,
        totalOrder: false,
        ...capabilities,
      },
      epoch: this.#memory.epoch,
      log: sharedLog,
      records: sharedRecords,
      nowUs: () => this.#memory.nowUs(),
      watch: (listener) => this.#memory.watch((hint) => this.#pass(hint, listener)),
      ping: () => guard('ping', () => this.#memory.ping()),
      close: () => Promise.resolve(),
    };
  }

  /** Transient messages are gone after a while. */
  forgetTransient(): void {
    this.#transient.clear();
  }

  close(): Promise<void> {
    for (const held of this.held) held.release();
    return this.#memory.close();
  }

  async #guard<T>(operation: string, call: () => Promise<T>): Promise<T> {
    this.asked.set(operation, (this.asked.get(operation) ?? 0) + 1);
    if (this.away) {
      throw new BrokerError('STORAGE_UNAVAILABLE', 'the storage is away', {
        fields: { outcome: 'not_written' },
        retryAfterMs: 500,
      });
    }
    return call();
  }

  #pass(hint: Hint, listener: (hint: Hint) => void): void {
    if (this.silent || (hint.kind === 'subject' && this.#before.has(hint.subject))) return;
    listener(hint);
  }

  #sees(subject: string, id: number): boolean {
    return id <= (this.#before.get(subject)?.lastId ?? Number.POSITIVE_INFINITY);
  }

  async #heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    const heads = await this.#memory.log.heads(subjects);
    return heads.map((head, index) => this.#before.get(subjects[index]!) ?? head);
  }

  async #append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const subjects = [...new Set(items.map(({ subject }) => subject))];
    await this.#lock(subjects);
    if (!this.holding) {
      try {
        return await this.#write(items);
      } finally {
        for (const subject of subjects) this.#locked.delete(subject);
      }
    }
    const { log } = this.#memory;
    const heads = await log.heads(subjects);
    // The append takes a later time than this.
    const firstTimeUs = (await log.settledTimeUs()) + 1;
    for (const [index, subject] of subjects.entries()) this.#before.set(subject, heads[index] ?? NEW_SUBJECT);
    const released = this.#hold(subjects, firstTimeUs);
    const results = await this.#write(items);
    await released;
    return results;
  }

  async #write(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const results = await this.#memory.log.append(items);
    for (const [index, result] of results.entries()) this.#keepTransient(items[index]!, result);
    return results;
  }

  async #lock(subjects: readonly string[]): Promise<void> {
    while (subjects.some((subject) => this.#locked.has(subject))) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const subject of subjects) this.#locked.add(subject);
  }

  #keepTransient(item: AppendItem, result: AppendResult): void {
    if (item.transient !== true || result instanceof BrokerError) return;
    const { subject, body, headers } = item;
    const { id, publishTimeUs } = result;
    const kept = this.#transient.get(subject) ?? [];
    kept.push({ subject, id, body: Buffer.from(body), headers, publishTimeUs, expireTimeUs: NEVER_EXPIRES });
    this.#transient.set(subject, kept);
  }

  #hold(subjects: readonly string[], firstTimeUs: number): Promise<void> {
    return new Promise((resolve) => {
      const held: HeldCommit = {
        release: () => {
          for (const subject of subjects) {
            this.#before.delete(subject);
            this.#locked.delete(subject);
          }
          this.held.splice(this.held.indexOf(held), 1);
          resolve();
        },
        firstTimeUs,
      };
      this.held.push(held);
    });
  }

  async #read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    const damaged = ranges.find(({ subject }) => this.damaged.has(subject));
    if (damaged !== undefined) throw new BrokerError('DATA_LOSS', `subject ${damaged.subject} is damaged`);
    const pages = await this.#memory.log.read(ranges, maxBytes);
    return pages.map((page, index) => {
      const range = ranges[index]!;
      const before = this.#before.get(range.subject);
      const { lastId } = before ?? page;
      const nextId = range.backwards === true ? page.nextId : Math.min(page.nextId, lastId + 1);
      const found = [...page.messages, ...(range.transient === true ? (this.#transient.get(range.subject) ?? []) : [])];
      const messages = found
        .filter(({ id }) => id <= lastId && (range.backwards === true || (id >= range.fromId && id < nextId)))
        .toSorted((a, b) => (range.backwards === true ? b.id - a.id : a.id - b.id));
      return { ...page, messages, nextId, lastId };
    });
  }
}
