import type { Clock } from '../core/clock.js';
import { Backoff } from '../core/backoff.js';

/** Each page that a cycle took is followed by so much rest, so that a long cycle leaves the storage to others. */
const REST_PER_PAGE_MS = 10;

/** Longest rest while cycles fail: what subscribers wait at most, once the storage is back, before they catch up. */
const MAX_FAILED_REST_MS = 1_000;

export interface PollLoopOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Whether there is anything to look for. */
  readonly needed: () => boolean;
  /** Looks once, and answers how many pages it has asked the storage for. */
  readonly cycle: () => Promise<number>;
}

/**
 * Looks for news again and again, one look at a time: the next begins an interval after the last one has ended, or 10 ms
 * for each page that it took if that is longer. It rests for good while nobody needs it.
 */
export class PollLoop {
  readonly #options: PollLoopOptions;
  readonly #failures: Backoff;
  #state: 'idle' | 'resting' | 'looking' | 'stopped' = 'idle';
  #cancel = (): void => {};

  constructor(options: PollLoopOptions) {
    this.#options = options;
    this.#failures = new Backoff({
      firstMs: options.intervalMs,
      maxMs: Math.max(options.intervalMs, MAX_FAILED_REST_MS),
    });
  }

  /** Somebody may need it from now on. */
  wake(): void {
    if (this.#state === 'idle') this.#rest(this.#options.intervalMs);
  }

  /** A look that is under way ends by itself. */
  stop(): void {
    this.#state = 'stopped';
    this.#cancel();
  }

  #rest(delayMs: number): void {
    this.#state = 'resting';
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { intervalMs, needed, cycle } = this.#options;
    if (!needed()) {
      this.#state = 'idle';
      return;
    }
    this.#state = 'looking';
    let restMs: number;
    try {
      restMs = Math.max(intervalMs, (await cycle()) * REST_PER_PAGE_MS);
      this.#failures.reset();
    } catch {
      // The storage's own instruments have counted and told it; the next look finds what this one has not.
      restMs = this.#failures.nextMs();
    }
    if (this.#isStopped) return;
    this.#rest(restMs);
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}
