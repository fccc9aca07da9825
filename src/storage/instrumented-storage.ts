import type { Clock } from '../core/clock.js';
import { toBrokerError, type ErrorReason } from '../core/errors.js';
import type { TraceSpan, Tracing } from '../core/tracing.js';
import type { Hint, MessageLog, RecordStore, Storage } from './storage.js';

export const STORAGE_OPERATIONS = [
  'append',
  'get',
  'read',
  'heads',
  'subjects',
  'id_at_time',
  'settled_time',
  'purge',
  'expire',
  'record_get',
  'record_scan',
  'record_commit',
  'ping',
] as const;

export type StorageOperation = (typeof STORAGE_OPERATIONS)[number];

/** What is measured of every storage in the same way; `telemetry/` implements it. */
export interface StorageMetrics {
  /** A call has come back; `failure` is the reason when it rejected. */
  storageOperation(operation: StorageOperation, seconds: number, failure: ErrorReason | undefined): void;
}

export interface InstrumentedStorageOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly metrics: StorageMetrics;
  readonly tracing?: Tracing | undefined;
}

/** Measures every call to a storage, whatever it is, and changes nothing else. */
export class InstrumentedStorage implements Storage {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #metrics: StorageMetrics;
  readonly #tracing: Tracing | undefined;
  readonly log: MessageLog;
  readonly records: RecordStore;

  constructor({ storage, clock, metrics, tracing }: InstrumentedStorageOptions) {
    this.#storage = storage;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#tracing = tracing;
    const { log, records } = storage;
    this.log = {
      append: (items) => this.#measure('append', () => log.append(items)),
      get: (subject, id) => this.#measure('get', () => log.get(subject, id)),
      read: (ranges, maxBytes) => this.#measure('read', () => log.read(ranges, maxBytes)),
      heads: (subjects) => this.#measure('heads', () => log.heads(subjects)),
      subjects: (options) => this.#measure('subjects', () => log.subjects(options)),
      idAtTime: (subject, timeUs) => this.#measure('id_at_time', () => log.idAtTime(subject, timeUs)),
      settledTimeUs: () => this.#measure('settled_time', () => log.settledTimeUs()),
      purge: (subject, options) => this.#measure('purge', () => log.purge(subject, options)),
      expire: () => this.#measure('expire', () => log.expire()),
    };
    this.records = {
      get: (partition, key) => this.#measure('record_get', () => records.get(partition, key)),
      scan: (partition, range) => this.#measure('record_scan', () => records.scan(partition, range)),
      commit: (partition, commit) => this.#measure('record_commit', () => records.commit(partition, commit)),
    };
  }

  get name() {
    return this.#storage.name;
  }

  get capabilities() {
    return this.#storage.capabilities;
  }

  get epoch() {
    return this.#storage.epoch;
  }

  get warnings() {
    return this.#storage.warnings ?? [];
  }

  nowUs(): number {
    return this.#storage.nowUs();
  }

  watch(listener: (hint: Hint) => void): () => void {
    return this.#storage.watch(listener);
  }

  ping(): Promise<void> {
    return this.#measure('ping', () => this.#storage.ping());
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  async #measure<T>(operation: StorageOperation, call: () => Promise<T>): Promise<T> {
    const span = this.#tracing?.startStorageOperation(operation, this.#storage.name);
    const startedMs = this.#clock.monotonicMs();
    try {
      const result = await call();
      this.#settled(operation, startedMs, span);
      return result;
    } catch (error) {
      this.#settled(operation, startedMs, span, error);
      throw error;
    }
  }

  #settled(operation: StorageOperation, startedMs: number, span: TraceSpan | undefined, error?: unknown): void {
    const failure = error === undefined ? undefined : toBrokerError(error);
    this.#metrics.storageOperation(operation, (this.#clock.monotonicMs() - startedMs) / 1000, failure?.reason);
    span?.end(failure);
  }
}
