import type { BrokerError } from '../../core/errors.js';
import type { Message } from '../../core/message.js';
import { AppendPlan } from '../append-plan.js';
import type { SubjectAppend } from '../append-plan.js';
import type { Availability } from '../availability.js';
import type { HintListeners } from '../hint-listeners.js';
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
import { storageError } from './errors.js';
import type { Purger } from './purger.js';
import type { RangeReader } from './range-reader.js';
import type { Session } from './session.js';
import type { SubjectAppender } from './subject-appender.js';
import type { SubjectNames } from './subject-names.js';
import { livingTotals } from './subject-state.js';
import type { KnownState, SubjectStates } from './subject-states.js';
import type { TimeSearch } from './time-search.js';

/**
 * How far {@link MessageLog.settledTimeUs} stays behind the present. A batch carries the time at which it was sent, and a
 * node may make it as late as its time limit allows (2 s by default), a client's settling included (5 s by default).
 */
const SETTLED_AFTER_US = 10_000_000;

const UNKNOWN_SUBJECT: SubjectHead = { lastId: 0, lastPublishTimeUs: 0, firstId: 1 };

export interface LogParts {
  readonly session: Session;
  readonly availability: Availability;
  readonly hints: HintListeners;
  readonly names: SubjectNames;
  readonly states: SubjectStates;
  readonly appender: SubjectAppender;
  readonly reader: RangeReader;
  readonly times: TimeSearch;
  readonly purger: Purger;
  /** The largest body that the cluster takes. */
  readonly maxMessageBytes: number;
}

export class CassandraLog implements MessageLog {
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return this.#parts.availability.run(async () => {
      const plan = new AppendPlan(items, this.#parts.maxMessageBytes);
      const failures = await Promise.all(plan.subjects.map((work) => this.#appendSubject(plan, work)));
      const errors = failures.filter((each) => each !== undefined);
      const error = errors.find(({ fields }) => fields['outcome'] === 'unknown') ?? errors[0];
      if (error !== undefined) {
        if (errors.length === plan.subjects.length) throw error;
        if (error.reason === 'STORAGE_UNAVAILABLE') this.#parts.availability.lost(error);
      }
      return plan.results();
    });
  }

  get(subject: string, id: number): Promise<Message | undefined> {
    return this.#parts.availability.run(() => this.#parts.reader.get(subject, id));
  }

  read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    return this.#parts.availability.run(() => this.#parts.reader.read(ranges, maxBytes));
  }

  heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    return this.#parts.availability.run(() =>
      Promise.all(
        subjects.map(async (subject) => {
          const known = await this.#parts.states.seen(subject);
          return known === undefined ? UNKNOWN_SUBJECT : this.#head(known);
        }),
      ),
    );
  }

  subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]> {
    return this.#parts.availability.run(async () => {
      const { names, states, session } = this.#parts;
      const found: SubjectInfo[] = [];
      for (let { after } = options; found.length < options.limit;) {
        const limit = options.limit - found.length;
        const page = await names.list({ ...options, after, limit });
        const known = await Promise.all(page.map((subject) => states.seen(subject)));
        for (const [index, each] of known.entries()) {
          // A name is written before the first append, which may not have come about.
          if (each === undefined) continue;
          const { messages, bytes } = livingTotals(each.state, session.nowUs());
          found.push({ subject: page[index] ?? '', ...this.#head(each), messages, bytes });
        }
        if (page.length < limit) break;
        after = page.at(-1) ?? '';
      }
      return found;
    });
  }

  idAtTime(subject: string, timeUs: number): Promise<number> {
    return this.#parts.availability.run(() => this.#parts.times.idAtTime(subject, timeUs));
  }

  settledTimeUs(): Promise<number> {
    return this.#parts.availability.run(async () => this.#parts.session.nowUs() - SETTLED_AFTER_US);
  }

  purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    return this.#parts.availability.run(() => this.#parts.purger.purge(subject, options));
  }

  /** Cassandra removes by itself what was written with a time to live, and counts leave out what is due. */
  expire(): Promise<boolean> {
    return this.#parts.availability.run(async () => false);
  }

  #head({ state }: KnownState): SubjectHead {
    const { lastId, lastPublishTimeUs } = state;
    const { firstId } = livingTotals(state, this.#parts.session.nowUs());
    return { lastId, lastPublishTimeUs, firstId };
  }

  /** Appends what a plan has for a subject; a failure is that of all its segments that are not settled. */
  async #appendSubject(plan: AppendPlan, work: SubjectAppend): Promise<BrokerError | undefined> {
    const { subject, segments } = work;
    let lastId = 0;
    const failed: BrokerError[] = [];
    const settled = new Set<number>();
    try {
      await this.#parts.appender.append(work, (segment, outcome) => {
        plan.settle(subject, segment, outcome);
        for (const index of segment.indexes) settled.add(index);
        if (outcome.kind === 'appended') lastId = outcome.firstId + segment.items.length - 1;
      });
    } catch (error) {
      failed.push(storageError(error));
    }
    const [error] = failed;
    if (error !== undefined) {
      for (const { items, indexes, ...rest } of segments) {
        const open = indexes.filter((index) => !settled.has(index));
        const left = items.filter((_, position) => !settled.has(indexes[position] ?? -1));
        plan.settle(subject, { ...rest, indexes: open, items: left }, { kind: 'failed', error });
      }
    }
    if (lastId > 0) this.#parts.hints.emit({ kind: 'subject', subject, lastId });
    return lastId > 0 ? undefined : error;
  }
}
