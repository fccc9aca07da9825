import type { Clock } from '../core/clock.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';
import type { MessageLog } from '../storage/storage.js';

/** How long to rest when nothing is left to remove. */
const IDLE_MS = 1_000;
/** Longest rest after failures in a row; it doubles from {@link IDLE_MS}. */
const MAX_BACKOFF_MS = 60_000;

export interface ExpiryLoopOptions {
  readonly log: Pick<MessageLog, 'expire'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Removes what has expired, a small step at a time. Reads never show expired data, so nothing waits for this. While
 * there is more to remove, each step is followed by a pause of its own length: removal takes at most half of the
 * storage's time and publishes get in between.
 */
export class ExpiryLoop implements Running {
  readonly #options: ExpiryLoopOptions;
  #cancel: (() => void) | undefined;
  #step: Promise<void> = Promise.resolve();
  #failures = 0;
  #stopped = false;

  private constructor(options: ExpiryLoopOptions) {
    this.#options = options;
  }

  static start(options: ExpiryLoopOptions): ExpiryLoop {
    const loop = new ExpiryLoop(options);
    loop.#rest(0);
    return loop;
  }

  /** Waits for the step under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#step;
  }

  #rest(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      this.#step = this.#remove();
    });
  }

  async #remove(): Promise<void> {
    const { log, clock, logger } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      const more = await log.expire();
      this.#failures = 0;
      this.#rest(more ? clock.monotonicMs() - startedMs : IDLE_MS);
    } catch (error) {
      const retryMs = Math.min(IDLE_MS * 2 ** this.#failures++, MAX_BACKOFF_MS);
      if (!this.#stopped) logger.warn({ err: error, retryMs }, 'removing expired data failed');
      this.#rest(retryMs);
    }
  }
}
