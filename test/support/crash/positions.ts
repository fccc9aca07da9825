/** How far a reader has got, by subject. */
export class Positions {
  readonly #taken: Map<string, number>;
  #target: ReadonlyMap<string, number> | undefined;
  #onReached: () => void = () => {};

  constructor(subjects: readonly string[]) {
    this.#taken = new Map(subjects.map((subject) => [subject, 0]));
  }

  take(messages: readonly { readonly subject: string; readonly id: number }[]): void {
    for (const { subject, id } of messages) this.#taken.set(subject, id);
    if (this.#hasReached()) this.#onReached();
  }

  /** As they are now. */
  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.#taken);
  }

  /** Back to an earlier {@link snapshot}. */
  rewind(snapshot: ReadonlyMap<string, number>): void {
    for (const [subject, id] of snapshot) this.#taken.set(subject, id);
  }

  /** True once somebody waits for {@link reached}. */
  get finishing(): boolean {
    return this.#target !== undefined;
  }

  /** Resolves when every subject read here has got to its id of `target`. */
  reached(target: ReadonlyMap<string, number>): Promise<void> {
    this.#target = target;
    return new Promise((resolve) => {
      this.#onReached = resolve;
      if (this.#hasReached()) resolve();
    });
  }

  #hasReached(): boolean {
    const target = this.#target;
    return target !== undefined && [...this.#taken].every(([subject, id]) => id >= (target.get(subject) ?? 0));
  }
}
