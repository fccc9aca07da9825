import type { Clock } from '../../core/clock.js';
import { Backoff } from '../../core/backoff.js';
import type { RedisConfig } from '../storage-config.js';
import type { Hint } from '../storage.js';
import { connect } from './client.js';
import type { RedisClient, RedisServers } from './client.js';
import { readHints } from './hint-message.js';

const RETRIES = { firstMs: 50, maxMs: 2000 };

export interface HintSubscriptionOptions {
  readonly config: RedisConfig;
  readonly clock: Clock;
  readonly channels: readonly string[];
  readonly onHint: (hint: Hint) => void;
}

/**
 * Listens to what other brokers have written, on a connection of its own. While it is lost nothing is heard, which costs
 * those who wait no more than the time between two polls; it comes back by itself.
 */
export class HintSubscription {
  readonly #options: HintSubscriptionOptions;
  readonly #backoff = new Backoff(RETRIES);
  #client: RedisClient | undefined;
  #servers: RedisServers = [];
  #attempt = 0;
  #listening = false;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: HintSubscriptionOptions) {
    this.#options = options;
  }

  /** True while hints are heard, as far as this process knows. */
  get listening(): boolean {
    return this.#listening;
  }

  /** Resolves once it listens, or has failed for the first time and tries again by itself. */
  async start(): Promise<void> {
    const { config, clock, channels, onHint } = this.#options;
    this.#attempt += 1;
    const attempt = this.#attempt;
    const lost = (): void => this.#lost(attempt);
    // A server that is frozen takes the connection and never says a word.
    this.#cancel = clock.after(config.timeoutMs, lost);
    try {
      const client = await connect(config, this.#servers, lost);
      if (this.#closed || this.#attempt !== attempt) {
        client.destroy();
        return;
      }
      this.#client = client;
      await client.subscribe(channels, (message) => {
        for (const hint of readHints(message)) onHint(hint);
      });
      if (this.#attempt !== attempt) return;
      this.#listening = true;
      this.#cancel?.();
      this.#backoff.reset();
      if (client.servers().length > 0) this.#servers = client.servers();
    } catch {
      // Hints may be lost: nobody needs to know why, and the next attempt is under way.
      lost();
    }
  }

  close(): void {
    this.#closed = true;
    this.#attempt += 1;
    this.#cancel?.();
    this.#client?.destroy();
  }

  #lost(attempt: number): void {
    if (this.#closed || attempt !== this.#attempt) return;
    this.#attempt += 1;
    this.#listening = false;
    this.#cancel?.();
    this.#client?.destroy();
    this.#client = undefined;
    this.#cancel = this.#options.clock.after(this.#backoff.nextMs(), () => void this.start());
  }
}
