import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import { Backoff } from '../../core/backoff.js';
import type { StorageClock } from '../storage-clock.js';
import type { Database, Parameter, Statement } from './database.js';
import { isRefusal, notWritten, unknownOutcome } from './errors.js';
import type { SqlNames } from './schema/sql-names.js';

/** A row of the table `writer`: the batches of one writer after another, each with a greater number. */
interface Slot {
  readonly id: string;
  batch: number;
}

/** What the writing functions answer. */
interface Answer {
  readonly outcomes: number[];
  readonly now_us: number;
}

/** Between two attempts to find out about a batch. */
const SETTLING = { firstMs: 20, maxMs: 500 };

/**
 * Carries out writes whose outcome is known in the end, also when the connection is lost before the answer comes. Each is
 * a numbered batch of a slot, and its transaction writes number and outcomes into the slot's row. So another connection
 * can look there, and can raise the number first, which makes a batch fail that begins only later.
 */
export class Batches {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #storageClock: StorageClock;
  readonly #timeoutMs: number;
  readonly #settle: Statement;
  readonly #onLost: (error: unknown) => void;
  readonly #free: Slot[] = [];

  /** @param options.onLost told at once of a lost connection, while it is still being found out what was written */
  constructor(options: {
    readonly database: Database;
    readonly names: SqlNames;
    readonly clock: Clock;
    readonly storageClock: StorageClock;
    readonly timeoutMs: number;
    readonly onLost: (error: unknown) => void;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#storageClock = options.storageClock;
    this.#timeoutMs = options.timeoutMs;
    this.#onLost = options.onLost;
    this.#settle = { name: 'settle', text: `SELECT outcomes FROM ${options.names.schema}.settle($1, $2)` };
  }

  /**
   * Calls a function whose first two parameters are slot and batch and which answers `outcomes` and `now_us`.
   *
   * @throws BrokerError STORAGE_UNAVAILABLE with `fields.outcome`: `not_written`, or `unknown` when it could not be found
   *   out in time; or what else the server refuses with
   */
  async write(statement: Statement, values: readonly Parameter[]): Promise<readonly number[]> {
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
    const slot = this.#free.pop() ?? { id: randomUUID(), batch: 0 };
    for (;;) {
      slot.batch += 1;
      let askedMs: number | undefined;
      try {
        const onSent = (): void => void (askedMs = this.#clock.monotonicMs());
        const parameters = [slot.id, slot.batch, ...values];
        const [answer] = await this.#database.query<Answer>(statement, parameters, onSent);
        this.#free.push(slot);
        const { outcomes, now_us } = answer as Answer;
        this.#storageClock.learn(askedMs ?? 0, now_us);
        return outcomes;
      } catch (error) {
        if (askedMs === undefined || isRefusal(error)) {
          this.#free.push(slot);
          throw notWritten(error);
        }
        this.#onLost(error);
        const outcomes = await this.#outcomes(slot, deadlineMs, error);
        // Settling has moved the slot one batch beyond the one that failed.
        slot.batch += 1;
        if (outcomes === undefined && this.#clock.monotonicMs() < deadlineMs) continue;
        this.#free.push(slot);
        if (outcomes === undefined) throw notWritten(error);
        return outcomes;
      }
    }
  }

  /** The outcomes of the slot's batch, undefined when it is certain that it never takes place. */
  async #outcomes(slot: Slot, deadlineMs: number, cause: unknown): Promise<readonly number[] | undefined> {
    const backoff = new Backoff(SETTLING);
    while (this.#clock.monotonicMs() < deadlineMs) {
      try {
        const [row] = await this.#database.query<{ outcomes: number[] | null }>(this.#settle, [slot.id, slot.batch]);
        return row?.outcomes ?? undefined;
      } catch {
        // Whatever it was: what counts is whether it can be found out in time.
        await new Promise<void>((resolve) => this.#clock.after(backoff.nextMs(), resolve));
      }
    }
    throw unknownOutcome(cause);
  }
}
