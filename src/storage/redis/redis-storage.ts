import type { Availability } from '../availability.js';
import type { HintListeners } from '../hint-listeners.js';
import type { StorageClock } from '../storage-clock.js';
import type { Capabilities, Hint, Storage } from '../storage.js';
import type { RedisConnection } from './connection.js';
import type { HintSubscription } from './hint-subscription.js';
import { epochOf } from './life.js';
import type { RedisData } from './redis-data.js';
import { RedisLog } from './redis-log.js';
import { RedisRecords } from './redis-records.js';
import type { ServerTraits } from './server-check.js';

/** The storage over a Redis server or cluster; README.md describes what is in it. */
export class RedisStorage implements Storage {
  readonly name = 'redis';
  readonly capabilities: Capabilities;
  readonly epoch: string;
  readonly log: RedisLog;
  readonly records: RedisRecords;
  /** What the operator should know about the servers although they can be used. */
  readonly warnings: readonly string[];
  readonly #availability: Availability;
  readonly #connection: RedisConnection;
  readonly #subscription: HintSubscription;
  readonly #listeners: HintListeners;
  readonly #clock: StorageClock;
  #closing: Promise<void> | undefined;

  constructor(parts: {
    readonly data: RedisData;
    readonly lives: readonly string[];
    readonly traits: ServerTraits;
    readonly availability: Availability;
    readonly connection: RedisConnection;
    readonly subscription: HintSubscription;
    readonly listeners: HintListeners;
    readonly clock: StorageClock;
  }) {
    const { data, traits, availability, listeners } = parts;
    this.capabilities = {
      durability: traits.durability,
      atomicAcrossSubjects: false,
      shared: true,
      remoteHints: true,
      totalOrder: false,
    };
    this.epoch = epochOf(parts.lives);
    this.warnings = traits.warnings;
    this.log = new RedisLog(data, availability, (subject, lastId) =>
      listeners.emit({ kind: 'subject', subject, lastId }),
    );
    this.records = new RedisRecords(data, availability, (partition) =>
      listeners.emit({ kind: 'partition', partition }),
    );
    this.#availability = availability;
    this.#connection = parts.connection;
    this.#subscription = parts.subscription;
    this.#listeners = listeners;
    this.#clock = parts.clock;
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#listeners.add(listener);
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
    this.#subscription.close();
    this.#connection.close();
    this.#listeners.clear();
  }
}
