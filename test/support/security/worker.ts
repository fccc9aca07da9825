/** Does one thing again and again until it is stopped, and keeps what fails. */
export class Worker {
  readonly failures: unknown[] = [];
  /** How often it was done. */
  done = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(
    readonly name: string,
    step: () => Promise<void>,
  ) {
    this.#ended = this.#run(step);
  }

  /** Resolves after the step that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #run(step: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        await step();
        this.done++;
      } catch (error) {
        this.failures.push(error);
        // What fails once would fail as fast as it can.
        if (this.failures.length > 10) return;
      }
    }
  }
}
