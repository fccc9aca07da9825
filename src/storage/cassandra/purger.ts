import { BrokerError } from '../../core/errors.js';
import { NEVER_EXPIRES } from '../../core/message.js';
import type { PurgeResult } from '../storage.js';
import type { BucketDirectory } from './bucket-directory.js';
import type { Deadline } from './deadline.js';
import type { ChunkCount, MessageReader } from './message-reader.js';
import { KIND } from './message-rows.js';
import type { MessageRows } from './message-rows.js';
import type { Session } from './session.js';
import { dueTimeOf, livingClasses, livingTotals } from './subject-state.js';
import type { LifeClass, SubjectState } from './subject-state.js';
import type { KnownState, SubjectStates } from './subject-states.js';
import { writableState } from './subject-writer.js';
import type { SubjectWriter } from './subject-writer.js';
import type { SubjectAppender } from './subject-appender.js';

/** Chunks that are counted with one request. */
const PAGE = 1000;

const NO_FENCES: ReadonlyMap<string, number> = new Map();

export interface PurgerParts {
  readonly session: Session;
  readonly states: SubjectStates;
  readonly directory: BucketDirectory;
  readonly reader: MessageReader;
  readonly rows: MessageRows;
  readonly writer: SubjectWriter;
  readonly appender: SubjectAppender;
}

interface Removed {
  messages: number;
  bytes: number;
}

/**
 * Purges subjects: one conditional batch moves `purgedBelow`, which hides everything below it at once, and removes the
 * chunks of the current bucket; those of older buckets follow.
 */
export class Purger {
  readonly #parts: PurgerParts;

  constructor(parts: PurgerParts) {
    this.#parts = parts;
  }

  /** @throws BrokerError SUBJECT_NOT_FOUND */
  purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    const { appender, session } = this.#parts;
    const deadline = session.deadline();
    return appender.exclusive(subject, () =>
      session.contend(deadline, () => this.#attempt(subject, options, deadline)),
    );
  }

  async #attempt(
    subject: string,
    options: { readonly beforeId: number; readonly dryRun: boolean },
    deadline: Deadline,
  ): Promise<PurgeResult | undefined> {
    const { session, states, writer, rows, appender } = this.#parts;
    const known = await states.settled(subject);
    if (known === undefined) throw new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" does not exist`);
    const nowUs = session.nowUs();
    const base = writableState(known);
    const { lastId, purgedBelow } = base;
    const before = Math.min(options.beforeId, lastId + 1);
    if (before <= purgedBelow) return { messages: 0, bytes: 0, firstId: livingTotals(base, nowUs).firstId };
    const living = livingClasses(base.classes, nowUs);
    const classes = before > lastId ? [] : await this.#without(subject, known, living, before);
    const total = (list: readonly LifeClass[]): Removed => livingTotals({ ...base, classes: list }, nowUs);
    const [all, left] = [total(living), total(classes)];
    const state: SubjectState = { ...base, purgedBelow: before, batchFirstId: lastId + 1, batchChunks: 0, classes };
    const result = {
      messages: all.messages - left.messages,
      bytes: all.bytes - left.bytes,
      firstId: livingTotals(state, nowUs).firstId,
    };
    if (options.dryRun) return result;
    const statements = (place: { readonly bucket: number }) => rows.deleteBelow(subject, place.bucket, before);
    const written = await writer.write(subject, known, { state, fences: NO_FENCES, statements }, deadline);
    appender.changed(subject, written.known);
    if (!written.applied) return undefined;
    await this.#sweep(subject, written.known, before, deadline);
    return result;
  }

  /** The classes when everything below `before` is gone. */
  async #without(
    subject: string,
    { bucket, state }: KnownState,
    classes: readonly LifeClass[],
    before: number,
  ): Promise<readonly LifeClass[]> {
    const removed = new Map<number, Removed>();
    for await (const chunk of this.#chunksFrom(subject, bucket, state.purgedBelow)) {
      if (chunk.firstId >= before) break;
      const lifeUs = chunk.expireTimeUs === NEVER_EXPIRES ? 0 : chunk.expireTimeUs - chunk.publishTimeUs;
      const dueUs = dueTimeOf({ lifeUs, publishTimeUs: chunk.publishTimeUs });
      const sum = removed.get(dueUs) ?? { messages: 0, bytes: 0 };
      removed.set(dueUs, sum);
      const whole = chunk.firstId >= state.purgedBelow && chunk.lastId < before;
      const part = whole ? chunk : await this.#part(subject, chunk, state.purgedBelow, before);
      sum.messages += part.messages;
      sum.bytes += part.bytes;
    }
    return classes
      .map((each) => {
        const { messages, bytes } = removed.get(each.dueUs) ?? { messages: 0, bytes: 0 };
        const firstId = Math.max(each.firstId, before);
        return { ...each, firstId, messages: each.messages - messages, bytes: each.bytes - bytes };
      })
      .filter(({ messages }) => messages > 0);
  }

  async *#chunksFrom(
    subject: string,
    lastBucket: number,
    fromId: number,
  ): AsyncGenerator<ChunkCount & { readonly bucket: number }, void, void> {
    const { directory, reader } = this.#parts;
    const buckets = await directory.upTo(subject, lastBucket);
    for (const [index, { number }] of buckets.entries()) {
      if ((buckets[index + 1]?.firstId ?? Infinity) <= fromId) continue;
      for (let next = fromId; ;) {
        const page = await reader.counts(subject, number, next, PAGE);
        for (const chunk of page) yield { ...chunk, bucket: number };
        if (page.length < PAGE) break;
        next = (page.at(-1)?.lastId ?? next) + 1;
      }
    }
  }

  /** What a chunk holds of the ids from `fromId` and below `beforeId`. */
  async #part(
    subject: string,
    { bucket, lastId }: ChunkCount & { readonly bucket: number },
    fromId: number,
    beforeId: number,
  ): Promise<Removed> {
    const { reader } = this.#parts;
    const [stored] = await reader.up(subject, bucket, { kind: KIND.chunk, fromId: lastId, toId: lastId, limit: 1 });
    const sum = { messages: 0, bytes: 0 };
    if (stored === undefined) return sum;
    const chunk = reader.open(subject, stored);
    for (let id = Math.max(fromId, chunk.firstId); id <= chunk.lastId && id < beforeId; id += 1) {
      if (chunk.has(id)) sum.messages += 1;
      sum.bytes += chunk.size(id);
    }
    return sum;
  }

  /**
   * Removes what lies below `before` from the buckets before the current one. Nobody reads it any more; should this
   * process die meanwhile, the next purge goes on, because the state says which buckets may still have something.
   */
  async #sweep(subject: string, known: KnownState, before: number, deadline: Deadline): Promise<void> {
    const { directory, session, rows, writer, states, appender } = this.#parts;
    const { sweptBucket } = known.state;
    if (known.bucket === 0 || sweptBucket >= known.bucket) return;
    const buckets = await directory.upTo(subject, known.bucket);
    const older = buckets.filter(
      ({ number, firstId }) => number >= sweptBucket && number < known.bucket && firstId < before,
    );
    for (const { number } of older) {
      const sealed = await states.inBucket(subject, number);
      if (sealed === undefined || sealed.commitId === null) continue;
      const statements = [writer.unchanged(subject, sealed), ...rows.deleteBelow(subject, number, before)];
      await session.commit(statements, deadline, async () => 'not-applied');
    }
    const reached = older.at(-1)?.number ?? sweptBucket;
    const state = { ...known.state, sweptBucket: reached, batchFirstId: known.state.lastId + 1, batchChunks: 0 };
    const change = { state, fences: NO_FENCES, statements: () => [] };
    const written = await writer.write(subject, known, change, deadline);
    appender.changed(subject, written.known);
  }
}
