import type { BrokerError } from '../../src/core/errors.js';
import { createMemoryStorage } from '../../src/storage/memory/index.js';
import type { AppendItem, AppendResult, MessageLog, Storage } from '../../src/storage/storage.js';
import { ManualClock } from './manual-clock.js';

/** An append that waits at the gate. */
export interface WaitingAppend {
  readonly items: readonly AppendItem[];
  /** Lets it through to the memory storage. */
  pass(): void;
  /** Lets it fail as a whole: nothing is written. */
  fail(error: BrokerError): void;
}

/** A memory log whose appends wait until the test lets them through, one by one. */
export class GatedLog {
  /** Items that the log has taken, in the order of writing. */
  readonly written: AppendItem[] = [];
  readonly waiting: WaitingAppend[] = [];
  readonly #storage: Storage = createMemoryStorage({ clock: new ManualClock() });
  #arrived: (() => void)[] = [];

  readonly append: MessageLog['append'] = (items) =>
    new Promise<readonly AppendResult[]>((resolve, reject) => {
      this.waiting.push({ items, pass: () => resolve(this.#write(items)), fail: reject });
      for (const notify of this.#arrived.splice(0)) notify();
    });

  /** The next append, at once if it is waiting already. */
  async next(): Promise<WaitingAppend> {
    while (this.waiting.length === 0) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.waiting.shift()!;
  }

  async #write(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const results = await this.#storage.log.append(items);
    this.written.push(...items.filter((_item, index) => 'id' in results[index]!));
    return results;
  }
}
