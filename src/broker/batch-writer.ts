import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import { messageSize } from '../core/message.js';
import type { Tracing } from '../core/tracing.js';
import type { AppendItem, AppendResult, MessageLog } from '../storage/storage.js';
import type { BrokerLimits } from './limits.js';

/** What one caller handed over together: settled together, kept in order, possibly written by several flushes. */
interface Submission {
  readonly items: readonly AppendItem[];
  readonly deadlineMs: number;
  /** Filled from the front; complete when it is as long as `items`. */
  readonly results: AppendResult[];
  /** Items already taken into a flush. */
  taken: number;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: BrokerError) => void;
}

/** A part of a submission that is in one flush. */
interface Slice {
  readonly submission: Submission;
  readonly count: number;
}

interface Batch {
  readonly items: readonly AppendItem[];
  readonly slices: readonly Slice[];
  readonly bytes: number;
}

export interface BatchWriterOptions {
  readonly log: MessageLog;
  readonly clock: Clock;
  readonly limits: Pick<
    BrokerLimits,
    'batchMaxMessages' | 'batchMaxBytes' | 'batchMaxDelayMs' | 'maxPendingMessages' | 'maxPendingBytes'
  >;
  readonly tracing?: Tracing | undefined;
  /** Called after a flush is durable and before its publishers are answered. Must not throw. */
  readonly onWritten: (batch: WrittenBatch) => void;
}

export interface WrittenBatch {
  readonly items: readonly AppendItem[];
  readonly results: readonly AppendResult[];
  readonly bytes: number;
  /** From handing the batch to the storage until it was durable. */
  readonly seconds: number;
}

/** When a full queue is worth another try: a few flushes later. */
const QUEUE_FULL_RETRY_MS = 50;

/**
 * Collects publishes while the previous flush is on its way to the storage and sends the next batch the moment that
 * returns, so that batches grow with the load by themselves and an idle broker adds no delay. One flush is under way at
 * a time: that keeps the order of each subject and needs no more than the storage's own group commit would.
 *
 * Every submission is settled exactly once: with one result per item after its last flush, or rejected. What waits is
 * bounded in messages and bytes; beyond that submissions are refused with WRITER_QUEUE_FULL.
 */
export class BatchWriter {
  readonly #log: MessageLog;
  readonly #clock: Clock;
  readonly #limits: BatchWriterOptions['limits'];
  readonly #tracing: Tracing | undefined;
  readonly #onWritten: BatchWriterOptions['onWritten'];

  #waiting: Submission[] = [];
  /** Items waiting for a flush; `#pending*` count those in the flush under way too. */
  #waitingMessages = 0;
  #pendingMessages = 0;
  #pendingBytes = 0;
  #flushing = false;
  #scheduled = false;
  #cancelDelay: (() => void) | undefined;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(options: BatchWriterOptions) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#tracing = options.tracing;
    this.#onWritten = options.onWritten;
  }

  get pendingMessages(): number {
    return this.#pendingMessages;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Writes the items in order. Answers one result per item once all are durable or have failed. Items still waiting at
   * `deadlineMs` (monotonic, Infinity for none) are answered with DEADLINE_EXCEEDED and are never written.
   *
   * Rejects with WRITER_QUEUE_FULL or SHUTTING_DOWN before anything is taken, or with the storage's error when a flush
   * failed; `fields.outcome` is then `unknown` if something of it may have been written.
   */
  submit(items: readonly AppendItem[], deadlineMs = Number.POSITIVE_INFINITY): Promise<readonly AppendResult[]> {
    if (this.#closed) {
      const fields = { outcome: 'not_written' };
      return Promise.reject(new BrokerError('SHUTTING_DOWN', 'the broker is shutting down', { fields }));
    }
    let bytes = 0;
    for (const item of items) bytes += messageSize(item);
    if (!this.hasRoomFor(items.length, bytes)) {
      return Promise.reject(
        new BrokerError('WRITER_QUEUE_FULL', 'too many publishes are waiting to be written', {
          retryAfterMs: QUEUE_FULL_RETRY_MS,
        }),
      );
    }
    if (items.length === 0) return Promise.resolve([]);
    this.#waitingMessages += items.length;
    this.#pendingMessages += items.length;
    this.#pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, deadlineMs, results: [], taken: 0, resolve, reject });
      this.#schedule();
    });
  }

  /** Whether a submission of this size would be taken now. A large one is taken when nothing else waits. */
  hasRoomFor(messages: number, bytes: number): boolean {
    if (this.#pendingMessages === 0) return true;
    return (
      this.#pendingMessages + messages <= this.#limits.maxPendingMessages &&
      this.#pendingBytes + bytes <= this.#limits.maxPendingBytes
    );
  }

  /** Writes what was accepted, refuses the rest. Resolves when nothing is pending. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pendingMessages === 0) return;
    this.#hurry();
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#flushing || this.#scheduled) return;
    const delayMs = this.#limits.batchMaxDelayMs;
    if (delayMs === 0 || this.#closed || this.#waitingMessages >= this.#limits.batchMaxMessages) {
      this.#hurry();
    } else {
      this.#cancelDelay ??= this.#clock.after(delayMs, () => this.#hurry());
    }
  }

  /** Flushes after the events that are already waiting, so that publishes of one read from the network go together. */
  #hurry(): void {
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
    if (this.#flushing || this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      void this.#flushAll();
    });
  }

  async #flushAll(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    do {
      const batch = this.#takeBatch();
      if (batch.items.length > 0) await this.#flush(batch);
    } while (this.#waitingMessages > 0 && (this.#closed || this.#limits.batchMaxDelayMs === 0 || this.#isFull()));
    this.#flushing = false;
    if (this.#waitingMessages > 0) this.#schedule();
    if (this.#pendingMessages === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #isFull(): boolean {
    return this.#waitingMessages >= this.#limits.batchMaxMessages;
  }

  /** Takes submissions from the front until the batch is full, answering those whose deadline has passed. */
  #takeBatch(): Batch {
    const now = this.#clock.monotonicMs();
    const slices: Slice[] = [];
    const parts: (readonly AppendItem[])[] = [];
    let count = 0;
    let bytes = 0;
    let consumed = 0;
    for (const submission of this.#waiting) {
      if (count >= this.#limits.batchMaxMessages || bytes >= this.#limits.batchMaxBytes) break;
      if (submission.deadlineMs <= now) {
        this.#expire(submission);
        consumed++;
        continue;
      }
      const start = submission.taken;
      let end = start;
      while (end < submission.items.length && count < this.#limits.batchMaxMessages) {
        const size = messageSize(submission.items[end]!);
        if (count > 0 && bytes + size > this.#limits.batchMaxBytes) break;
        bytes += size;
        count++;
        end++;
      }
      if (end > start) {
        slices.push({ submission, count: end - start });
        submission.taken = end;
        parts.push(end - start === submission.items.length ? submission.items : submission.items.slice(start, end));
      }
      if (end < submission.items.length) break;
      consumed++;
    }
    this.#waiting.splice(0, consumed);
    this.#waitingMessages -= count;
    // A frame of a publish stream is often a whole batch: no copy then.
    return { items: parts.length === 1 ? parts[0]! : parts.flat(), slices, bytes };
  }

  async #flush(batch: Batch): Promise<void> {
    const started = this.#clock.monotonicMs();
    const span = this.#tracing?.startFlush(batch.items);
    const append = (): Promise<readonly AppendResult[]> => this.#log.append(batch.items);
    let results: readonly AppendResult[];
    try {
      results = await (span === undefined ? append() : span.run(append));
      span?.end();
    } catch (error) {
      span?.end(toBrokerError(error));
      this.#release(batch.items.length, batch.bytes);
      for (const { submission } of batch.slices) this.#fail(submission, toBrokerError(error));
      return;
    }
    const seconds = (this.#clock.monotonicMs() - started) / 1000;
    this.#release(batch.items.length, batch.bytes);
    this.#onWritten({ items: batch.items, results, bytes: batch.bytes, seconds });
    let from = 0;
    for (const { submission, count } of batch.slices) {
      if (count === results.length && count === submission.items.length) {
        submission.resolve(results);
        return;
      }
      for (let i = from; i < from + count; i++) submission.results.push(results[i]!);
      from += count;
      if (submission.results.length === submission.items.length) submission.resolve(submission.results);
    }
  }

  /** Answers what is left of a submission whose deadline has passed. */
  #expire(submission: Submission): void {
    const error = new BrokerError('DEADLINE_EXCEEDED', 'the deadline passed before the message was written', {
      fields: { outcome: 'not_written' },
    });
    this.#drop(submission);
    while (submission.results.length < submission.items.length) submission.results.push(error);
    submission.resolve(submission.results);
  }

  /** Rejects a submission, parts of which may have been written by earlier flushes. */
  #fail(submission: Submission, error: BrokerError): void {
    const index = this.#waiting.indexOf(submission);
    if (index >= 0) {
      this.#waiting.splice(index, 1);
      this.#drop(submission);
    }
    // The storage speaks of the last flush only: what an earlier one has written makes `not_written` untrue.
    const partly = submission.results.some((result) => !(result instanceof BrokerError));
    submission.reject(
      partly
        ? new BrokerError(error.reason, error.message, {
            cause: error,
            fields: { ...error.fields, outcome: 'unknown' },
            ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
          })
        : error,
    );
  }

  /** Forgets the items that were not taken into a flush. */
  #drop(submission: Submission): void {
    let bytes = 0;
    const left = submission.items.length - submission.taken;
    for (let i = submission.taken; i < submission.items.length; i++) bytes += messageSize(submission.items[i]!);
    this.#waitingMessages -= left;
    this.#release(left, bytes);
  }

  #release(messages: number, bytes: number): void {
    this.#pendingMessages -= messages;
    this.#pendingBytes -= bytes;
  }
}
