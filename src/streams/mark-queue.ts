import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { EventStatus } from './streams.js';

export interface Mark {
  readonly messageId: number;
  readonly status: EventStatus;
  readonly leaseId: string | undefined;
}

/** Writes marks in one commit and answers each: undefined when it was made. Rejects when none was. */
export type WriteMarks = (marks: readonly Mark[]) => Promise<readonly (BrokerError | undefined)[]>;

interface Waiting {
  readonly mark: Mark;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
}

/** Marks of one commit: enough that the flush to disk is shared by many, few enough to be brief. */
const MAX_BATCH = 2048;

/** Marks of one stream that may wait; more are refused. */
const MAX_WAITING = 50_000;
const RETRY_MS = 50;

/**
 * The marks of one stream, in the order of their calls. All that wait while a commit is on its way share the next one,
 * so that a thousand marks cost hardly more than one.
 */
export class MarkQueue {
  readonly #write: WriteMarks;
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(write: WriteMarks, clock: Clock, onIdle: () => void) {
    this.#write = write;
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  add(mark: Mark): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(
        new BrokerError('WRITER_QUEUE_FULL', 'too many marks are waiting to be written', { retryAfterMs: RETRY_MS }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ mark, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // After the events that are waiting, so that marks of one read from the network go together.
      this.#clock.soon(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#flush(this.#waiting.splice(0, MAX_BATCH));
    this.#running = false;
    this.#onIdle();
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ mark }) => mark));
      batch.forEach(({ resolve, reject }, index) => {
        const failure = results[index];
        if (failure === undefined) resolve();
        else reject(failure);
      });
    } catch (error) {
      for (const { reject } of batch) reject(toBrokerError(error));
    }
  }
}
