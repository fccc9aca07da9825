import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { CommitResult, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import { compareUtf8 } from '../utf8-order.js';
import { MemoryPartition, MemoryRecord, recordBytes } from './memory-partition.js';
import type { MemoryState } from './memory-state.js';

/** The record store in memory. Versions are counted over all partitions, so an emptied partition can be forgotten. */
export class MemoryRecords implements RecordStore {
  readonly #state: MemoryState;
  readonly #partitions = new Map<string, MemoryPartition>();
  #lastVersion = 0;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async get(partition: string, key: string): Promise<StoredRecord | undefined> {
    this.#state.checkOpen();
    return this.#live(partition, key)?.stored();
  }

  async scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    this.#state.checkOpen();
    const { from, to, limit } = range;
    const records: StoredRecord[] = [];
    const keys = this.#partitions.get(partition)?.keys;
    if (keys === undefined) return records;
    const backwards = range.backwards === true;
    for (const key of backwards ? keys.downwards(to === '' ? undefined : to) : keys.upwards(from)) {
      if (records.length >= limit) break;
      if (backwards ? compareUtf8(key, from) < 0 : to !== '' && compareUtf8(key, to) >= 0) break;
      const record = this.#live(partition, key);
      if (record !== undefined) records.push(record.stored());
    }
    return records;
  }

  async commit(partition: string, commit: RecordCommit): Promise<CommitResult> {
    this.#state.checkOpen();
    for (const { key, version } of commit.conditions ?? []) {
      if ((this.#live(partition, key)?.version ?? 0) !== version) return { committed: false, failedKey: key };
    }
    const { bounds, expiry, hints, time } = this.#state;
    const puts = commit.puts ?? [];
    const growth = (): number => {
      const known = this.#partitions.get(partition);
      let bytes = 0;
      for (const { key, value } of puts) bytes += recordBytes(key, value) - (known?.get(key)?.storedBytes ?? 0);
      return bytes;
    };
    // A commit that only makes room is always taken.
    if (growth() > 0 && !expiry.makeRoom(() => bounds.fits(growth()))) throw bounds.full();
    const timeUs = time.nowUs();
    this.#lastVersion += 1;
    for (const key of commit.deletes ?? []) this.#remove(partition, key);
    for (const { key, value, ttlUs } of puts) {
      this.#remove(partition, key);
      const expireTimeUs = ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : timeUs + ttlUs;
      this.#put(partition, key, value, expireTimeUs);
    }
    hints.emit({ kind: 'partition', partition });
    return { committed: true, version: this.#lastVersion, timeUs };
  }

  /** Lets go of everything. */
  clear(): void {
    this.#partitions.clear();
  }

  #live(partition: string, key: string): MemoryRecord | undefined {
    const record = this.#partitions.get(partition)?.get(key);
    return record === undefined || isExpired(record, this.#state.time.nowUs()) ? undefined : record;
  }

  #put(name: string, key: string, value: Uint8Array, expireTimeUs: number): void {
    let partition = this.#partitions.get(name);
    if (partition === undefined) {
      partition = new MemoryPartition(() => this.#partitions.delete(name));
      this.#partitions.set(name, partition);
    }
    const record = new MemoryRecord(partition, key, value, this.#lastVersion, expireTimeUs, this.#state.bounds);
    partition.add(record);
    this.#state.bounds.take(record.storedBytes);
    if (expireTimeUs !== NEVER_EXPIRES) this.#state.expiry.queue.push(record);
  }

  #remove(partition: string, key: string): void {
    const record = this.#partitions.get(partition)?.get(key);
    if (record === undefined) return;
    if (record.expireTimeUs !== NEVER_EXPIRES) this.#state.expiry.queue.remove(record);
    record.release();
  }
}
