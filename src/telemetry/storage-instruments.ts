import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorReason } from '../core/errors.js';
import { STORAGE_OPERATIONS, type StorageMetrics, type StorageOperation } from '../storage/instrumented-storage.js';
import { SECONDS_BUCKETS } from './histogram-buckets.js';

/** Latency and failures of every storage operation, and whether the storage can serve. */
export class StorageInstruments implements StorageMetrics {
  readonly #storage: string;
  readonly #errors: Counter<'operation' | 'storage' | 'reason'>;
  readonly #available: Gauge<'storage'>;
  readonly #observe: ReadonlyMap<StorageOperation, (seconds: number) => void>;

  constructor(registry: Registry, storage: string) {
    this.#storage = storage;
    this.#errors = new Counter({
      name: 'waybill_storage_operation_errors_total',
      help: 'Storage operations that failed as a whole, by the reason of the error.',
      labelNames: ['operation', 'storage', 'reason'],
      registers: [registry],
    });
    this.#available = new Gauge({
      name: 'waybill_storage_available',
      help: '1 while the storage can serve, 0 before it was opened and while it cannot.',
      labelNames: ['storage'],
      registers: [registry],
    });
    this.available(false);
    const durations = new Histogram({
      name: 'waybill_storage_operation_duration_seconds',
      help: 'Duration of storage operations, failed ones included.',
      labelNames: ['operation', 'storage'],
      buckets: SECONDS_BUCKETS,
      registers: [registry],
    });
    this.#observe = new Map(
      STORAGE_OPERATIONS.map((operation) => {
        const child = durations.labels({ operation, storage });
        return [operation, (seconds: number) => child.observe(seconds)];
      }),
    );
  }

  available(available: boolean): void {
    this.#available.set({ storage: this.#storage }, available ? 1 : 0);
  }

  storageOperation(operation: StorageOperation, seconds: number, failure: ErrorReason | undefined): void {
    this.#observe.get(operation)?.(seconds);
    if (failure !== undefined) this.#errors.inc({ operation, storage: this.#storage, reason: failure });
  }
}
