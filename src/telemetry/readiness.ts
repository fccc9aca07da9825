/** Whether this process should get traffic: it has started, its storage can serve and it is not draining. */
export class Readiness {
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  #storageFailure: string | undefined;
  readonly #onChange: (ready: boolean) => void;
  #ready = false;

  /** @param onChange called with each change; it is not ready at first */
  constructor(onChange: (ready: boolean) => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Everything has been started. */
  serving(): void {
    if (this.#phase === 'starting') this.#phase = 'serving';
    this.#update();
  }

  /** The process is about to stop; there is no way back. */
  draining(): void {
    this.#phase = 'draining';
    this.#update();
  }

  /** Why the storage cannot serve, for people and without internals; undefined when it can. */
  storage(failure: string | undefined): void {
    this.#storageFailure = failure;
    this.#update();
  }

  /** Why there should be no traffic; nothing when ready. */
  reasons(): readonly string[] {
    const reasons: string[] = this.#phase === 'serving' ? [] : [this.#phase];
    if (this.#storageFailure !== undefined && this.#phase !== 'draining') {
      reasons.push(`storage: ${this.#storageFailure}`);
    }
    return reasons;
  }

  #update(): void {
    const ready = this.reasons().length === 0;
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#onChange(ready);
  }
}
