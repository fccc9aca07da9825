import type { Clock } from '../core/clock.js';
import { toBrokerError } from '../core/errors.js';

/** A storage that answers later than this cannot serve now. */
const PING_TIMEOUT_MS = 2_000;
/** However often somebody asks, the storage is asked once in this time. */
const PING_INTERVAL_MS = 1_000;

export interface ReadinessOptions {
  readonly clock: Clock;
  /** Rejects when the storage cannot serve now. */
  readonly ping: () => Promise<void>;
}

/** Whether this process should get traffic: it has started, its storage answers and it is not draining. */
export class Readiness {
  readonly #clock: Clock;
  readonly #ping: () => Promise<void>;
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  #check: Promise<string | undefined> | undefined;
  #checkedAtMs = 0;

  constructor(options: ReadinessOptions) {
    this.#clock = options.clock;
    this.#ping = options.ping;
  }

  /** Everything has been started. */
  serving(): void {
    if (this.#phase === 'starting') this.#phase = 'serving';
  }

  /** The process is about to stop; there is no way back. */
  draining(): void {
    this.#phase = 'draining';
  }

  /** Why there should be no traffic; nothing when ready. */
  async reasons(): Promise<readonly string[]> {
    if (this.#phase !== 'serving') return [this.#phase];
    const failure = await this.#storageFailure();
    return failure === undefined ? [] : [failure];
  }

  #storageFailure(): Promise<string | undefined> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#check === undefined || nowMs - this.#checkedAtMs >= PING_INTERVAL_MS) {
      this.#checkedAtMs = nowMs;
      this.#check = this.#pingOnce();
    }
    return this.#check;
  }

  #pingOnce(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(PING_TIMEOUT_MS, () =>
        resolve(`storage: no answer within ${PING_TIMEOUT_MS} ms`),
      );
      const settle = (failure: string | undefined) => {
        cancel();
        resolve(failure);
      };
      this.#ping().then(
        () => settle(undefined),
        (error: unknown) => settle(`storage: ${toBrokerError(error).message}`),
      );
    });
  }
}
