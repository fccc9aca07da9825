import type { ClientConfig } from 'pg';
import type { Clock } from '../../core/clock.js';
import type { Hint } from '../storage.js';
import { HintConnection } from './hint-connection.js';
import { encodeHints } from './hint-payload.js';
import type { SqlNames } from './schema/sql-names.js';

/** Subjects and partitions that wait to be told of; beyond it the oldest hints are dropped, as hints may be. */
const MAX_WAITING = 10_000;

/** Shortest time between two notifications: each wakes every listening process, so a steady stream is bundled. */
const SPACING_MS = 2;

/**
 * Tells the other processes what has been written. NOTIFY takes a lock of the whole server until its transaction is on the
 * disk, so it has a connection and a transaction of its own that does not wait for the disk. What comes while one is on
 * its way, or shortly after, goes together with the next.
 */
export class Notifier {
  readonly #connection: HintConnection;
  readonly #text: string;
  readonly #sender: string;
  readonly #channel: string;
  readonly #clock: Clock;
  #subjects = new Map<string, number>();
  #partitions = new Set<string>();
  #sending = false;

  constructor(options: ClientConfig, names: SqlNames, sender: string, clock: Clock) {
    this.#connection = new HintConnection(options, clock, () => Promise.resolve());
    this.#clock = clock;
    this.#sender = sender;
    this.#channel = names.channel;
    this.#text = `SELECT pg_notify($1, payload)
      FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick, unnest($2::text[]) AS payload`;
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  add(hint: Hint): void {
    if (this.#subjects.size + this.#partitions.size >= MAX_WAITING) this.#drop();
    if (hint.kind === 'subject') {
      this.#subjects.set(hint.subject, Math.max(hint.lastId, this.#subjects.get(hint.subject) ?? 0));
    } else this.#partitions.add(hint.partition);
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#subjects.size + this.#partitions.size > 0) {
      const payloads = encodeHints(this.#sender, this.#subjects, this.#partitions);
      this.#drop();
      const { client } = this.#connection;
      if (client === undefined) continue;
      try {
        await client.query({ text: this.#text, values: [this.#channel, payloads] });
      } catch {
        // Lost hints cost the others one poll interval.
        this.#connection.lost(client);
      }
      await new Promise<void>((resolve) => this.#clock.after(SPACING_MS, resolve));
    }
    this.#sending = false;
  }

  #drop(): void {
    this.#subjects = new Map();
    this.#partitions = new Set();
  }
}
