import type { Client } from 'cassandra-driver';
import type { Availability } from '../availability.js';
import type { HintListeners } from '../hint-listeners.js';
import type { Capabilities, Hint, MessageLog, RecordStore, Storage } from '../storage.js';
import type { Session } from './session.js';
import type { TimeSampling } from './time-sampling.js';

/** `machine` with three copies: what a quorum has acknowledged outlives any one machine. */
export const CASSANDRA_CAPABILITIES: Capabilities = {
  durability: 'machine',
  atomicAcrossSubjects: false,
  shared: true,
  remoteHints: false,
  totalOrder: false,
};

export interface CassandraStorageParts {
  readonly epoch: string;
  readonly client: Client;
  readonly session: Session;
  readonly availability: Availability;
  readonly hints: HintListeners;
  readonly sampling: TimeSampling;
  readonly log: MessageLog;
  readonly records: RecordStore;
}

/** The storage in a keyspace of Cassandra; README.md describes what is in it. */
export class CassandraStorage implements Storage {
  readonly name = 'cassandra';
  readonly capabilities = CASSANDRA_CAPABILITIES;
  readonly epoch: string;
  readonly log: MessageLog;
  readonly records: RecordStore;
  readonly #parts: CassandraStorageParts;
  #closing: Promise<void> | undefined;

  constructor(parts: CassandraStorageParts) {
    this.#parts = parts;
    this.epoch = parts.epoch;
    this.log = parts.log;
    this.records = parts.records;
  }

  nowUs(): number {
    return this.#parts.session.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#parts.hints.add(listener);
  }

  ping(): Promise<void> {
    return this.#parts.availability.ping();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { availability, sampling, hints, client } = this.#parts;
    await availability.close();
    await sampling.stop();
    hints.clear();
    await client.shutdown();
  }
}
