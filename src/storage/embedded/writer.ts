import { BrokerError } from '../../core/errors.js';
import type { Hint } from '../storage.js';
import type { Committed } from './committed.js';
import { closedError, storageError } from './errors.js';
import { Transaction } from './transaction.js';

interface Job {
  /** Makes its changes in the transaction, synchronously; what it throws is its own failure and leaves nothing. */
  readonly plan: (transaction: Transaction) => unknown;
  /** Bytes that it is about to write; infinite for a job that wants the transaction for itself. */
  readonly bytes: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes from which on further jobs wait for the next transaction. */
const MAX_TRANSACTION_BYTES = 8 * 2 ** 20;

/**
 * The one writer. Jobs are planned in the order of their calls; all that wait while a transaction is on its way to the
 * disk share the next one. A job's promise settles after that. Nothing is planned on top of what is not on disk, so a
 * failed transaction takes nothing else with it.
 */
export class Writer {
  readonly #committed: Committed;
  readonly #publish: (hint: Hint) => void;
  #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  #failure: BrokerError | undefined;

  constructor(committed: Committed, publish: (hint: Hint) => void) {
    this.#committed = committed;
    this.#publish = publish;
  }

  /** @throws BrokerError once the storage is closed, or once it has failed */
  assertUsable(): void {
    if (this.#closed) throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
    this.#committed.database.assertUsable();
  }

  /** Plans in a transaction that other jobs may share. */
  run<T>(bytes: number, plan: (transaction: Transaction) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.assertUsable();
      this.#queue.push({ plan, bytes, resolve: resolve as (result: unknown) => void, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Plans in a transaction of its own, so that ranges read from the database are complete. */
  runAlone<T>(plan: (transaction: Transaction) => T): Promise<T> {
    return this.run(Number.POSITIVE_INFINITY, plan);
  }

  /** Accepts nothing more and waits for what it has accepted. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    // Calls of the same turn share the first transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#nextJobs());
    this.#running = undefined;
  }

  #nextJobs(): readonly Job[] {
    let count = 0;
    let bytes = 0;
    for (const job of this.#queue) {
      bytes += job.bytes;
      if (count > 0 && bytes > MAX_TRANSACTION_BYTES) break;
      count += 1;
      if (bytes > MAX_TRANSACTION_BYTES) break;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    const transaction = new Transaction(this.#committed);
    const planned: { job: Job; result: unknown }[] = [];
    for (const job of jobs) {
      try {
        if (this.#failure !== undefined) throw this.#failure;
        const own = new Transaction(transaction);
        planned.push({ job, result: job.plan(own) });
        transaction.merge(own);
      } catch (error) {
        job.reject(error instanceof BrokerError ? error : storageError(error));
      }
    }
    try {
      if (transaction.changed) await this.#committed.database.commit(transaction.writes());
    } catch (error) {
      const failure = storageError(error);
      if (failure.reason !== 'STORAGE_FULL') this.#failure = storageError(failure.cause);
      for (const { job } of planned) job.reject(failure);
      return;
    }
    this.#committed.apply(transaction.state, transaction.subjects);
    for (const { job, result } of planned) job.resolve(result);
    for (const hint of transaction.hints) this.#publish(hint);
  }
}
