/** Hashes at a time: each takes a thread of the pool and, by the usual parameters, 32 MiB. */
const MAX_RUNNING = 2;

/** Checks that may wait in each of the two queues; more are refused. */
const MAX_WAITING = 256;

type Check = () => Promise<boolean>;

interface WaitingCheck {
  readonly check: Check;
  readonly settle: (result: Promise<boolean>) => void;
}

/**
 * Runs checks of secrets a few at a time. Those that may succeed go before those that are only made so that a failure
 * takes its time: a flood of unknown clients keeps no client out that is new here.
 */
export class SecretChecks {
  readonly #promising: WaitingCheck[] = [];
  readonly #hopeless: WaitingCheck[] = [];
  #running = 0;
  #stopped = false;
  #idle: (() => void) | undefined;

  /** @returns undefined when too many wait */
  run(check: Check, { promising }: { readonly promising: boolean }): Promise<boolean> | undefined {
    const queue = promising ? this.#promising : this.#hopeless;
    if (this.#stopped || queue.length >= MAX_WAITING) return undefined;
    return new Promise((settle) => {
      queue.push({ check, settle });
      this.#next();
    });
  }

  /** Fails what waits, and resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { settle } of [...this.#promising.splice(0), ...this.#hopeless.splice(0)])
      settle(Promise.resolve(false));
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #next(): void {
    if (this.#running >= MAX_RUNNING) return;
    const waiting = this.#promising.shift() ?? this.#hopeless.shift();
    if (waiting === undefined) return;
    this.#running++;
    const ended = (): void => {
      this.#running--;
      if (this.#running === 0) this.#idle?.();
      this.#next();
    };
    const result = waiting.check();
    result.then(ended, ended);
    waiting.settle(result);
  }
}
