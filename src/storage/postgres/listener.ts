import type { Client, ClientConfig } from 'pg';
import type { Clock } from '../../core/clock.js';
import type { StorageClock } from '../storage-clock.js';
import type { Hint } from '../storage.js';
import { HintConnection } from './hint-connection.js';
import { decodeHints } from './hint-payload.js';
import { NOW_US } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

/** A listening connection only waits, so it asks now and then whether the server is still there; also for its time. */
const ASK_EVERY_MS = 3000;

/** After this time without an answer the connection counts as lost. */
const ANSWER_WITHIN_MS = 3000;

/**
 * Listens to what other processes have written. After each connect it listens first; what was written while there was no
 * connection is found by whoever polls.
 */
export class Listener {
  readonly #connection: HintConnection;
  readonly #clock: Clock;
  readonly #storageClock: StorageClock;
  readonly #self: string;
  readonly #onHint: (hint: Hint) => void;
  #cancel: (() => void) | undefined;

  constructor(
    options: ClientConfig,
    names: SqlNames,
    parts: {
      readonly self: string;
      readonly clock: Clock;
      readonly storageClock: StorageClock;
      readonly onHint: (hint: Hint) => void;
    },
  ) {
    this.#clock = parts.clock;
    this.#storageClock = parts.storageClock;
    this.#self = parts.self;
    this.#onHint = parts.onHint;
    this.#connection = new HintConnection(
      { ...options, query_timeout: ANSWER_WITHIN_MS },
      parts.clock,
      async (client) => {
        client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
        await client.query(`LISTEN ${names.channel}`);
        await this.#ask(client);
      },
    );
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  async close(): Promise<void> {
    this.#cancel?.();
    await this.#connection.close();
  }

  #heard(payload: string): void {
    for (const hint of decodeHints(payload, this.#self)) this.#onHint(hint);
  }

  async #ask(client: Client): Promise<void> {
    const askedMs = this.#clock.monotonicMs();
    const { rows } = await client.query<{ now_us: number }>(`SELECT ${NOW_US} AS now_us`);
    this.#storageClock.learn(askedMs, (rows[0] as { now_us: number }).now_us);
    this.#cancel?.();
    this.#cancel = this.#clock.after(ASK_EVERY_MS, () => {
      this.#ask(client).catch(() => this.#connection.lost(client));
    });
  }
}
