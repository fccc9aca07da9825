/** How many messages each subscriber has received, and waiting for the slowest of them. */
export class Deliveries {
  readonly #received: number[];
  #threshold = 0;
  /** Subscribers that have not received `#threshold` messages. */
  #below = 0;
  #reached: (() => void) | undefined;

  constructor(subscribers: number) {
    this.#received = new Array<number>(subscribers).fill(0);
  }

  add(subscriber: number, messages: number): void {
    const before = this.#received[subscriber] ?? 0;
    const after = before + messages;
    this.#received[subscriber] = after;
    if (before < this.#threshold && after >= this.#threshold && --this.#below === 0) this.#reached?.();
  }

  /** Resolves when every subscriber has received so many messages, or at the abort. One wait at a time. */
  async reach(messages: number, signal: AbortSignal): Promise<void> {
    this.#threshold = messages;
    this.#below = this.#received.filter((count) => count < messages).length;
    if (this.#below === 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#reached = settle;
      signal.addEventListener('abort', settle, { once: true });
    });
  }
}
