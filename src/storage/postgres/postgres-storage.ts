import { randomUUID } from 'node:crypto';
import type { ClientConfig } from 'pg';
import type { Clock } from '../../core/clock.js';
import { Availability } from '../availability.js';
import { HintListeners } from '../hint-listeners.js';
import { StorageClock } from '../storage-clock.js';
import type { Capabilities, Hint, MessageLog, RecordStore, Storage } from '../storage.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { refused, tookTooLong, translate } from './errors.js';
import { Listener } from './listener.js';
import { logStatements } from './log-statements.js';
import { PostgresLog } from './log.js';
import { Notifier } from './notifier.js';
import { Purge } from './purge.js';
import { PostgresRecords } from './records.js';
import { NOW_US } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

export const POSTGRES_CAPABILITIES: Capabilities = {
  durability: 'machine',
  atomicAcrossSubjects: true,
  shared: true,
  remoteHints: true,
  totalOrder: false,
};

export interface PostgresParts {
  /** Closed with the storage. */
  readonly database: Database;
  readonly names: SqlNames;
  readonly epoch: string;
  /** How to connect for hints. */
  readonly hintOptions: ClientConfig;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** The storage over one schema of a PostgreSQL database; README.md describes what is in it. */
export class PostgresStorage implements Storage {
  readonly name = 'postgres';
  readonly capabilities = POSTGRES_CAPABILITIES;
  readonly epoch: string;
  readonly log: MessageLog;
  readonly records: RecordStore;
  readonly #database: Database;
  readonly #availability: Availability;
  readonly #storageClock: StorageClock;
  readonly #hints = new HintListeners();
  readonly #notifier: Notifier;
  readonly #listener: Listener;
  #closing: Promise<void> | undefined;

  private constructor(parts: PostgresParts) {
    const { database, names, clock } = parts;
    const storageClock = new StorageClock(clock);
    const availability = new Availability({
      clock,
      name: 'PostgreSQL',
      probe: () => this.#askTime(clock),
      translate: (error) => translate(error),
      isAnswer: tookTooLong,
      onChange: (available) => {
        if (!available) database.refuseWaiting(refused());
      },
    });
    const batches = new Batches({
      database,
      names,
      clock,
      storageClock,
      timeoutMs: parts.timeoutMs,
      onLost: (error) => availability.lost(translate(error)),
    });
    const self = randomUUID();
    const onHint = (hint: Hint): void => {
      this.#hints.emit(hint);
      this.#notifier.add(hint);
    };
    this.epoch = parts.epoch;
    this.#database = database;
    this.#availability = availability;
    this.#storageClock = storageClock;
    this.#notifier = new Notifier(parts.hintOptions, names, self, clock);
    this.#listener = new Listener(parts.hintOptions, names, {
      self,
      clock,
      storageClock,
      onHint: (hint) => this.#hints.emit(hint),
    });
    const statements = logStatements(names);
    const purge = new Purge(database, names);
    this.log = new PostgresLog({ database, statements, batches, purge, availability, onHint });
    this.records = new PostgresRecords({ database, names, batches, availability, onHint });
  }

  /** Opens the connections for hints and learns the server's time. @throws BrokerError */
  static async open(parts: PostgresParts): Promise<PostgresStorage> {
    const storage = new PostgresStorage(parts);
    try {
      await Promise.all([storage.#notifier.open(), storage.#listener.open(), storage.ping()]);
      return storage;
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  nowUs(): number {
    return this.#storageClock.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#hints.add(listener);
  }

  ping(): Promise<void> {
    return this.#availability.ping();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#availability.close();
    await Promise.all([this.#notifier.close(), this.#listener.close(), this.#database.close()]);
    this.#hints.clear();
  }

  async #askTime(clock: Clock): Promise<void> {
    const askedMs = clock.monotonicMs();
    const [row] = await this.#database.query<{ now_us: number }>(
      { name: 'now', text: `SELECT ${NOW_US} AS now_us` },
      [],
    );
    this.#storageClock.learn(askedMs, (row as { now_us: number }).now_us);
  }
}
