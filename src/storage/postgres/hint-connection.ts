import pg from 'pg';
import type { ClientConfig } from 'pg';
import type { Clock } from '../../core/clock.js';
import { Backoff } from '../../core/backoff.js';

/** Between two attempts to connect again. */
const RECONNECTS = { firstMs: 100, maxMs: 5000 };

/**
 * A connection for hints, outside the pool, that is opened again for ever. Whatever goes wrong with it only costs time:
 * hints may be lost, and whoever waits for one looks by itself now and then.
 */
export class HintConnection {
  readonly #options: ClientConfig;
  readonly #clock: Clock;
  readonly #onConnected: (client: pg.Client) => Promise<void>;
  readonly #backoff = new Backoff(RECONNECTS);
  #client: pg.Client | undefined;
  #ready = false;
  #closed = false;
  #cancel: (() => void) | undefined;

  /** @param onConnected prepares each new connection; when it rejects the connection is given up */
  constructor(options: ClientConfig, clock: Clock, onConnected: (client: pg.Client) => Promise<void>) {
    this.#options = options;
    this.#clock = clock;
    this.#onConnected = onConnected;
  }

  /** The connection while it works. */
  get client(): pg.Client | undefined {
    return this.#ready ? this.#client : undefined;
  }

  /** Connects, now and whenever the connection is lost. Resolves after the first attempt, whatever came of it. */
  async open(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client(this.#options);
    this.#client = client;
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      await this.#onConnected(client);
    } catch {
      this.lost(client);
      return;
    }
    if (this.#client !== client) return;
    this.#ready = true;
    this.#backoff.reset();
  }

  /** Gives a connection up that has failed, and connects again later. */
  lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#ready = false;
    abandon(client);
    if (!this.#closed) this.#cancel = this.#clock.after(this.#backoff.nextMs(), () => void this.open());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    const client = this.#client;
    this.#client = undefined;
    this.#ready = false;
    if (client !== undefined) abandon(client);
  }
}

/** Ends a connection without waiting for a server that may not answer. */
function abandon(client: pg.Client): void {
  client.end().catch(() => undefined);
  client.connection.stream.destroy();
}
