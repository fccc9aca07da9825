import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import { Backoff } from '../core/backoff.js';

/** Between two attempts to reach a lost storage. The bound keeps readiness and publishes no more than a second late. */
const PROBES = { firstMs: 50, maxMs: 1000 };

/** When callers should try again while the storage is away: about the time between two probes. */
const RETRY_AFTER_MS = 500;

export interface AvailabilityOptions {
  readonly clock: Clock;
  /** `PostgreSQL`, for messages. */
  readonly name: string;
  /** Asks the storage for a sign of life, within a few seconds. Rejects with whatever is wrong. */
  readonly probe: () => Promise<void>;
  /** Turns an error of the driver's library into the broker's, by the driver's own table. */
  readonly translate: (error: unknown) => BrokerError;
  /** True for a failure that the storage itself has answered, so it is there; all others count as a loss by default. */
  readonly isAnswer?: (error: unknown) => boolean;
  /** Told once when the storage is lost and once when it is back. */
  readonly onChange?: (available: boolean) => void;
}

/**
 * Whether a storage on the network can be reached. After the first operation that could not reach it, every other one
 * fails at once, so that nothing piles up behind timeouts, and one probe at a time looks whether it is back.
 */
export class Availability {
  readonly #options: AvailabilityOptions;
  readonly #backoff = new Backoff(PROBES);
  #lost: BrokerError | undefined;
  #closed = false;
  #underWay = 0;
  #cancelProbe: (() => void) | undefined;
  #onIdle: (() => void)[] = [];

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  get available(): boolean {
    return this.#lost === undefined && !this.#closed;
  }

  /**
   * Runs an operation of the storage and translates its failure.
   *
   * @throws BrokerError STORAGE_UNAVAILABLE at once while the storage is lost or closed
   */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.#assertUsable();
    this.#underWay += 1;
    try {
      return await operation();
    } catch (error) {
      const translated = this.#options.translate(error);
      const answered = this.#options.isAnswer?.(error) === true;
      if (translated.reason === 'STORAGE_UNAVAILABLE' && !answered) this.lost(translated);
      throw translated;
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** Asks the storage itself, unless it is known to be lost. @throws BrokerError */
  ping(): Promise<void> {
    return this.run(this.#options.probe);
  }

  /** The storage could not be reached: from now on operations fail until a probe succeeds. */
  lost(cause: BrokerError): void {
    if (this.#lost !== undefined || this.#closed) return;
    this.#lost = cause;
    this.#backoff.reset();
    this.#options.onChange?.(false);
    this.#probeLater();
  }

  /** Refuses new operations and waits for those under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelProbe?.();
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #assertUsable(): void {
    const { name } = this.#options;
    if (this.#closed) throw new BrokerError('STORAGE_UNAVAILABLE', 'the storage is closed');
    if (this.#lost === undefined) return;
    throw new BrokerError('STORAGE_UNAVAILABLE', `${name} cannot be reached`, {
      cause: this.#lost,
      fields: { outcome: 'not_written' },
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  #probeLater(): void {
    this.#cancelProbe = this.#options.clock.after(this.#backoff.nextMs(), () => void this.#probe());
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe();
    } catch {
      // Still away, for the same reason or another: the caller of an operation learns it, here it only means to go on.
      if (!this.#closed) this.#probeLater();
      return;
    }
    if (this.#closed) return;
    this.#lost = undefined;
    this.#options.onChange?.(true);
  }
}
