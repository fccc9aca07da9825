import type { Clock } from '../core/clock.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';

/** How often it is looked for removals that a process did not live to finish; each look is one small read. */
const INTERVAL_MS = 60_000;

export interface RemovalLoopOptions {
  readonly streams: { finishRemovals(): Promise<number> };
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Finishes removals of streams that were cut short: at once, and from time to time for those of other processes. */
export class RemovalLoop implements Running {
  readonly #options: RemovalLoopOptions;
  #stopped = false;
  #cancel = (): void => {};
  #step: Promise<void>;

  private constructor(options: RemovalLoopOptions) {
    this.#options = options;
    this.#step = this.#finish();
  }

  static start(options: RemovalLoopOptions): RemovalLoop {
    return new RemovalLoop(options);
  }

  /** Resolves when a step that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#step;
  }

  async #finish(): Promise<void> {
    const { streams, clock, logger } = this.#options;
    try {
      const finished = await streams.finishRemovals();
      if (finished > 0) logger.info({ streams: finished }, 'finished removing streams');
    } catch (error) {
      if (!this.#stopped) logger.warn({ err: error }, 'removing streams failed and is tried again');
    }
    if (this.#stopped) return;
    this.#cancel = clock.after(INTERVAL_MS, () => {
      this.#step = this.#finish();
    });
  }
}
