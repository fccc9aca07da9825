import type { AppendSegment, SegmentOutcome, SubjectAppend } from '../append-plan.js';
import { messageTooLarge } from '../append-errors.js';
import { AppendRound } from './append-round.js';
import type { AppendLimits } from './append-round.js';
import { BoundedMap } from './bounded-map.js';
import { splitSegment } from './chunk-split.js';
import type { Deadline } from './deadline.js';
import type { MessageRows } from './message-rows.js';
import type { RememberedKeys } from './remembered-keys.js';
import type { Session } from './session.js';
import { ABSENT } from './subject-states.js';
import type { KnownState, SubjectStates } from './subject-states.js';
import type { SubjectWriter } from './subject-writer.js';

/** Subjects whose state is remembered, so that an append to them is one round trip; about 1 KB each. */
const MAX_REMEMBERED = 20_000;

export interface AppenderParts {
  readonly session: Session;
  readonly states: SubjectStates;
  readonly writer: SubjectWriter;
  readonly keys: RememberedKeys;
  readonly rows: MessageRows;
  readonly limits: AppendLimits;
}

export type Settle = (segment: AppendSegment, outcome: SegmentOutcome) => void;

/** Appends to one subject after the other in the order of the calls, each with as few batches as it needs. */
export class SubjectAppender {
  readonly #parts: AppenderParts;
  readonly #remembered = new BoundedMap<string, KnownState>(MAX_REMEMBERED);
  /** The last append of each subject that has one under way. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(parts: AppenderParts) {
    this.#parts = parts;
  }

  /** @throws BrokerError STORAGE_UNAVAILABLE when not all segments are settled */
  append(work: SubjectAppend, settle: Settle): Promise<void> {
    return this.exclusive(work.subject, () => this.#append(work, settle));
  }

  /** Runs a change of a subject after those that this process has begun, so that they do not contend. */
  async exclusive<T>(subject: string, change: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(subject) ?? Promise.resolve();
    const running = before.then(change);
    const done = running.then(
      () => undefined,
      () => undefined,
    );
    this.#queues.set(subject, done);
    try {
      return await running;
    } finally {
      if (this.#queues.get(subject) === done) this.#queues.delete(subject);
    }
  }

  /** The state is another one now; undefined when it is not known which. */
  changed(subject: string, known: KnownState | undefined): void {
    if (known === undefined) this.#remembered.delete(subject);
    else this.#remembered.set(subject, known);
  }

  async #append({ subject, segments }: SubjectAppend, settle: Settle): Promise<void> {
    const { session, limits } = this.#parts;
    const deadline = session.deadline();
    const parts = segments
      .flatMap((segment) => splitSegment(segment, limits.batchBytes))
      .filter((part) => !this.#refuseTooLarge(part, settle));
    for (let from = 0; from < parts.length;) {
      const attempt = new Attempt(this.#remembered.get(subject));
      try {
        from += await session.contend(deadline, () =>
          this.#round(subject, attempt, parts.slice(from), settle, deadline),
        );
      } catch (error) {
        this.#remembered.delete(subject);
        throw error;
      }
      this.#remembered.set(subject, attempt.known as KnownState);
    }
  }

  /** Answers how many parts are settled; undefined when the subject was not as it was known. */
  async #round(
    subject: string,
    attempt: Attempt,
    parts: readonly AppendSegment[],
    settle: Settle,
    deadline: Deadline,
  ): Promise<number | undefined> {
    const { session, states, writer, keys, rows, limits } = this.#parts;
    const needsFences =
      attempt.known?.state.sealed === true || parts.some(({ items }) => items[0]?.fence !== undefined);
    if (attempt.known === undefined || (needsFences && attempt.known.fences === undefined)) {
      attempt.refresh((await states.settled(subject)) ?? ABSENT);
    }
    const known = attempt.known as KnownState;
    const wanted = parts.slice(0, limits.batchRows).flatMap(({ items }) => items[0]?.idempotency?.key ?? []);
    const nowUs = session.nowUs();
    const round = new AppendRound(known, await keys.find(subject, known, wanted, nowUs), { nowUs, limits });
    const count = round.take(parts);
    if (round.writes) {
      const result = await writer.write(subject, known, round.change(subject, rows), deadline);
      attempt.refresh(result.known);
      if (!result.applied) return undefined;
    } else if (!attempt.fresh) {
      // Nothing is written that would prove that the subject is as this process remembers it.
      attempt.refresh((await states.settled(subject)) ?? ABSENT);
      return this.#round(subject, attempt, parts, settle, deadline);
    }
    for (const { segment, outcome } of round.outcomes) settle(segment, outcome);
    return count;
  }

  #refuseTooLarge(part: AppendSegment, settle: Settle): boolean {
    const { chunkBytes } = this.#parts.limits;
    const tooLarge = [...part.chunks, ...part.transientChunks].find(({ value }) => value.length > chunkBytes);
    if (tooLarge === undefined) return false;
    settle(part, { kind: 'failed', error: messageTooLarge(chunkBytes, tooLarge.bytes) });
    return true;
  }
}

/** What an append knows of its subject. */
class Attempt {
  known: KnownState | undefined;
  /** The state was the subject's at some moment of this append. */
  fresh = false;

  constructor(remembered: KnownState | undefined) {
    this.known = remembered;
  }

  refresh(known: KnownState | undefined): void {
    this.known = known;
    this.fresh = known !== undefined;
  }
}
