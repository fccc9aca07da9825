import { BrokerError } from '../../core/errors.js';
import { NEVER_EXPIRES } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type {
  AppendItem,
  AppendResult,
  MessageLog,
  PurgeResult,
  ReadRange,
  ReadResult,
  SubjectHead,
  SubjectInfo,
} from '../storage.js';
import type { EncodedChunk } from '../chunk.js';
import { compareUtf8 } from '../utf8-order.js';
import type { MemoryState } from './memory-state.js';
import { SortedKeys } from './sorted-keys.js';
import { StoredChunk } from './stored-chunk.js';
import { fenceBytes, SubjectDraft } from './subject-draft.js';
import { SubjectLog } from './subject-log.js';
import type { ReadRoom } from './subject-log.js';

/** The log in memory. Each method does its work in one turn of the event loop, so no two of them ever mix. */
export class MemoryLog implements MessageLog {
  readonly #state: MemoryState;
  readonly #subjects = new Map<string, SubjectLog>();
  readonly #names = new SortedKeys();
  #nextIdentity = 1;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    this.#state.checkOpen();
    const { bounds, expiry, time } = this.#state;
    const publishTimeUs = time.nextPublishUs();
    const drafts = new Map<string, SubjectDraft>();
    let draft: SubjectDraft | undefined;
    const results: AppendResult[] = [];
    for (const item of items) {
      if (draft?.subject.name !== item.subject) {
        draft = drafts.get(item.subject) ?? this.#draft(item.subject, publishTimeUs);
        drafts.set(item.subject, draft);
      }
      results.push(draft.add(item));
    }
    const changes = [...drafts.values()].filter((each) => each.items.length > 0);
    let growthBytes = 0;
    for (const change of changes) growthBytes += change.growthBytes;
    if (growthBytes > 0 && !expiry.makeRoom(() => bounds.fits(growthBytes))) throw bounds.full();
    const encoded = changes.map((change) => change.encode());
    changes.forEach((change, index) => this.#apply(change, encoded[index] ?? []));
    if (changes.length > 0) time.published(publishTimeUs);
    for (const { subject } of changes) {
      this.#state.hints.emit({ kind: 'subject', subject: subject.name, lastId: subject.lastId });
    }
    return results;
  }

  async get(subject: string, id: number): Promise<Message | undefined> {
    this.#state.checkOpen();
    return this.#subjects.get(subject)?.get(id, this.#state.time.nowUs());
  }

  async read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    this.#state.checkOpen();
    const room: ReadRoom = { bytes: maxBytes, empty: true };
    const nowUs = this.#state.time.nowUs();
    return ranges.map(
      (range) =>
        this.#subjects.get(range.subject)?.read(range, room, nowUs) ?? {
          messages: [],
          nextId: range.backwards === true ? 0 : 1,
          firstId: 1,
          lastId: 0,
        },
    );
  }

  async heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    this.#state.checkOpen();
    return subjects.map(
      (subject) => this.#subjects.get(subject)?.head() ?? { lastId: 0, lastPublishTimeUs: 0, firstId: 1 },
    );
  }

  async subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]> {
    this.#state.checkOpen();
    const { prefix, after, limit } = options;
    const infos: SubjectInfo[] = [];
    const from = compareUtf8(after, prefix) < 0 ? prefix : after;
    for (const name of this.#names.upwards(from)) {
      // Those with the prefix stand together, and `from` is not below the first of them.
      if (infos.length >= limit || !name.startsWith(prefix)) break;
      if (name !== after) infos.push((this.#subjects.get(name) as SubjectLog).info());
    }
    return infos;
  }

  async idAtTime(subject: string, timeUs: number): Promise<number> {
    this.#state.checkOpen();
    return this.#subjects.get(subject)?.idAtTime(timeUs) ?? 1;
  }

  async settledTimeUs(): Promise<number> {
    this.#state.checkOpen();
    return this.#state.time.settledUs();
  }

  async purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    this.#state.checkOpen();
    const log = this.#subjects.get(subject);
    if (log === undefined) throw unknownSubject(subject);
    return log.purge(options.beforeId, options.dryRun, (chunk) => {
      this.#state.expiry.queue.remove(chunk);
      chunk.release();
    });
  }

  async expire(): Promise<boolean> {
    this.#state.checkOpen();
    return this.#state.expiry.step();
  }

  /** Lets go of everything. */
  clear(): void {
    this.#subjects.clear();
    this.#names.clear();
  }

  #draft(name: string, publishTimeUs: number): SubjectDraft {
    const { bounds, expiry, time } = this.#state;
    const subject = this.#subjects.get(name) ?? new SubjectLog(name, this.#nextIdentity);
    // The number is used up only with the subject's first message, but two new subjects of one call must differ.
    if (subject.lastId === 0) this.#nextIdentity += 1;
    return new SubjectDraft(subject, publishTimeUs, time.nowUs(), bounds, expiry);
  }

  #apply(draft: SubjectDraft, chunks: readonly EncodedChunk[]): void {
    const { bounds, expiry } = this.#state;
    const { subject, publishTimeUs } = draft;
    let overheadBytes = 0;
    if (subject.lastId === 0) {
      this.#subjects.set(subject.name, subject);
      this.#names.add(subject.name);
      overheadBytes += draft.subjectBytes;
    }
    for (const encoded of chunks) {
      const chunk = new StoredChunk(subject, publishTimeUs, encoded, bounds);
      subject.add(chunk);
      bounds.take(chunk.storedBytes);
      if (chunk.expireTimeUs !== NEVER_EXPIRES) expiry.queue.push(chunk);
    }
    for (const [lock, token] of draft.fences) {
      if (!subject.fences.has(lock)) overheadBytes += fenceBytes(lock);
      subject.fences.set(lock, token);
    }
    for (const [key, remembered] of draft.keys) {
      const expired = subject.keys.get(key);
      if (expired !== undefined) {
        expiry.queue.remove(expired);
        expired.release();
      }
      subject.keys.set(key, remembered);
      expiry.queue.push(remembered);
      overheadBytes += remembered.storedBytes;
    }
    subject.lastId += draft.items.length;
    subject.lastPublishTimeUs = publishTimeUs;
    subject.storedBytes += overheadBytes;
    bounds.take(overheadBytes);
  }
}

function unknownSubject(subject: string): BrokerError {
  return new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" was never published to`, { fields: { subject } });
}
