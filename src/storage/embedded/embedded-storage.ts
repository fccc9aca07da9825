import type { Clock } from '../../core/clock.js';
import { HintListeners } from '../hint-listeners.js';
import type { Capabilities, Hint, MessageLog, RecordStore, Storage } from '../storage.js';
import { Committed } from './committed.js';
import type { Database } from './database.js';
import type { FolderLock } from './folder-lock.js';
import { EmbeddedLog } from './log.js';
import { EmbeddedRecords } from './records.js';
import type { StoreState } from './store-state.js';
import { Writer } from './writer.js';

const CAPABILITIES: Capabilities = {
  durability: 'machine',
  atomicAcrossSubjects: true,
  shared: false,
  remoteHints: false,
  totalOrder: true,
};

/** The storage over one LMDB file; README.md describes what is in it. */
export class EmbeddedStorage implements Storage {
  readonly name = 'embedded';
  readonly capabilities = CAPABILITIES;
  readonly epoch: string;
  readonly log: MessageLog;
  readonly records: RecordStore;
  readonly #database: Database;
  readonly #lock: FolderLock;
  readonly #writer: Writer;
  readonly #hints = new HintListeners();
  readonly #clock: Clock;
  #closing: Promise<void> | undefined;

  constructor(parts: {
    readonly database: Database;
    readonly state: StoreState;
    readonly lock: FolderLock;
    readonly clock: Clock;
  }) {
    const committed = new Committed(parts.database, parts.state);
    this.epoch = parts.state.epoch;
    this.#database = parts.database;
    this.#lock = parts.lock;
    this.#clock = parts.clock;
    this.#writer = new Writer(committed, (hint) => this.#hints.emit(hint));
    this.log = new EmbeddedLog(committed, this.#writer, parts.clock);
    this.records = new EmbeddedRecords(committed, this.#writer, parts.clock);
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#hints.add(listener);
  }

  async ping(): Promise<void> {
    this.#writer.assertUsable();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writer.close();
    try {
      await this.#database.close();
    } finally {
      this.#hints.clear();
      await this.#lock.release();
    }
  }
}
