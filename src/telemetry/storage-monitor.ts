import type { Clock } from '../core/clock.js';
import { toBrokerError } from '../core/errors.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';

/** Between two questions to the storage; with the time for the answer, a loss shows within 1.5 seconds. */
const INTERVAL_MS = 500;
/** A storage that answers later than this cannot serve now. */
const TIMEOUT_MS = 1_000;

export interface StorageMonitorOptions {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Rejects when the storage cannot serve now. */
  readonly ping: () => Promise<void>;
  /** Told why the storage cannot serve, for people and without internals, and undefined when it can again. */
  readonly onChange: (failure: string | undefined) => void;
}

/** Keeps asking the storage whether it can serve, one question at a time, and tells when that changes. */
export class StorageMonitor implements Running {
  readonly #options: StorageMonitorOptions;
  #failure: string | undefined;
  #cancel = (): void => {};
  #stopped = false;

  private constructor(options: StorageMonitorOptions) {
    this.#options = options;
  }

  /** Of a storage that has just been opened, hence can serve. */
  static start(options: StorageMonitorOptions): StorageMonitor {
    const monitor = new StorageMonitor(options);
    monitor.#rest();
    return monitor;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
  }

  #rest(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(INTERVAL_MS, () => void this.#ask());
  }

  /** An answer that comes late still counts: it is waited for, however long it takes. */
  async #ask(): Promise<void> {
    this.#cancel = this.#options.clock.after(TIMEOUT_MS, () => this.#is(`no answer within ${TIMEOUT_MS} ms`));
    let failure: string | undefined;
    try {
      await this.#options.ping();
    } catch (error) {
      failure = toBrokerError(error).message;
    }
    this.#cancel();
    this.#is(failure);
    this.#rest();
  }

  #is(failure: string | undefined): void {
    if (this.#stopped || failure === this.#failure) return;
    const { logger, onChange } = this.#options;
    if (failure === undefined) logger.info({}, 'the storage can serve again');
    else if (this.#failure === undefined) logger.warn({ failure }, 'the storage cannot serve');
    this.#failure = failure;
    onChange(failure);
  }
}
