interface Reads<T> {
  /** The one under way. */
  running: Promise<T>;
  /** The one that begins after it, for all who have come meanwhile. */
  next: Promise<T> | undefined;
}

/**
 * Settled reads of one partition contend with each other, so at most one is under way. Whoever asks gets the answer of one
 * that began afterwards, together with all others who wait for it.
 */
export class SharedReads<T> {
  readonly #reads = new Map<string, Reads<T>>();

  read(key: string, read: () => Promise<T>): Promise<T> {
    const reads = this.#reads.get(key);
    if (reads === undefined) {
      const first: Reads<T> = { running: read(), next: undefined };
      this.#reads.set(key, first);
      return this.#finish(key, first);
    }
    reads.next ??= this.#after(key, reads, read);
    return reads.next;
  }

  async #after(key: string, reads: Reads<T>, read: () => Promise<T>): Promise<T> {
    await reads.running.catch(() => undefined);
    reads.running = read();
    reads.next = undefined;
    return this.#finish(key, reads);
  }

  async #finish(key: string, reads: Reads<T>): Promise<T> {
    const { running } = reads;
    try {
      return await running;
    } finally {
      if (reads.running === running && reads.next === undefined) this.#reads.delete(key);
    }
  }
}
