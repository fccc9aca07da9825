import type { Hint } from './storage.js';

/** Those who watch the storage. */
export class HintListeners {
  readonly #listeners = new Set<{ readonly listener: (hint: Hint) => void }>();

  add(listener: (hint: Hint) => void): () => void {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  emit(hint: Hint): void {
    for (const { listener } of this.#listeners) listener(hint);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
