/**
 * What the requests of all connections that are under way may be together: less than the batching writer takes, so that
 * clients which send much at a time wait instead of being refused.
 */
const MAX_REQUESTS = 16_384;
const MAX_BYTES = 32 * 1024 * 1024;

/** Shares out what may be under way. A connection that has nothing under way needs no share. */
export class RequestBudget {
  #requests = 0;
  #bytes = 0;
  readonly #waiting = new Set<() => void>();
  #waking = false;

  get isSpent(): boolean {
    return this.#requests >= MAX_REQUESTS || this.#bytes >= MAX_BYTES;
  }

  take(bytes: number): void {
    this.#requests++;
    this.#bytes += bytes;
  }

  give(requests: number, bytes: number): void {
    this.#requests -= requests;
    this.#bytes -= bytes;
    if (this.#waking || this.#waiting.size === 0) return;
    this.#waking = true;
    process.nextTick(() => this.#wake());
  }

  /** Calls back once, when there is something left; those who have waited longest come first. */
  onLeft(callback: () => void): void {
    this.#waiting.add(callback);
  }

  forget(callback: () => void): void {
    this.#waiting.delete(callback);
  }

  #wake(): void {
    this.#waking = false;
    for (const callback of [...this.#waiting]) {
      if (this.isSpent) return;
      this.#waiting.delete(callback);
      callback();
    }
  }
}
