import type { BrokerError } from '../../core/errors.js';

/**
 * Lets a number of operations run at once, the others wait in line for as long as it takes: a line that moves is no
 * failure. When the storage is lost they fail together and not one by one.
 */
export class Turns {
  #free: number;
  #waiting: { readonly take: () => void; readonly refuse: (error: BrokerError) => void }[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @throws BrokerError when {@link refuseWaiting} is called meanwhile */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((take, refuse) => this.#waiting.push({ take, refuse }));
    try {
      return await operation();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next.take();
    }
  }

  refuseWaiting(error: BrokerError): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
