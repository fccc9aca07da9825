import type { Clock } from '../../core/clock.js';
import { isExpired, NEVER_EXPIRES } from '../../core/message.js';
import type { CommitResult, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import { NO_VALUE } from './append.js';
import type { Committed, View } from './committed.js';
import { damagedError } from './errors.js';
import { afterPrefix, expiryKey, readKeyText, recordKey, recordKeyOffset } from './keys.js';
import type { Transaction } from './transaction.js';
import { decodeValue, encodeValue } from './values.js';
import type { Writer } from './writer.js';

/**
 * Records on disk: the version is a revision of the whole store, so it never repeats in any partition. Expired records
 * stay until `expire()` and count as absent.
 */
export class EmbeddedRecords implements RecordStore {
  readonly #committed: Committed;
  readonly #writer: Writer;
  readonly #clock: Clock;

  constructor(committed: Committed, writer: Writer, clock: Clock) {
    this.#committed = committed;
    this.#writer = writer;
    this.#clock = clock;
  }

  async get(partition: string, key: string): Promise<StoredRecord | undefined> {
    this.#writer.assertUsable();
    return this.#live(readRecord(this.#committed, partition, key));
  }

  async scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    this.#writer.assertUsable();
    const all = recordKey(partition, '');
    const low = recordKey(partition, range.from);
    const high = range.to === '' ? afterPrefix(all) : recordKey(partition, range.to);
    const walk = range.backwards === true ? { start: high, end: all, backwards: true } : { start: low, end: high };
    const offset = recordKeyOffset(partition);
    const found: StoredRecord[] = [];
    for (const { key, value } of this.#committed.database.entries(walk)) {
      if (found.length >= range.limit || Buffer.compare(key, low) < 0) break;
      if (Buffer.compare(key, high) >= 0) continue;
      const record = this.#live(decodeRecord(key, value, partition, readKeyText(key, offset)));
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  async commit(partition: string, commit: RecordCommit): Promise<CommitResult> {
    this.#writer.assertUsable();
    let bytes = 0;
    for (const { value } of commit.puts ?? []) bytes += value.length;
    return this.#writer.run(bytes, (transaction) => this.#commit(transaction, partition, commit));
  }

  #commit(transaction: Transaction, partition: string, commit: RecordCommit): CommitResult {
    for (const { key, version } of commit.conditions ?? []) {
      const record = this.#live(readRecord(transaction, partition, key));
      if ((record?.version ?? 0) !== version) return { committed: false, failedKey: key };
    }
    const timeUs = this.#clock.nowUs();
    const version = transaction.state.revision + 1;
    transaction.setState({ revision: version });
    for (const { key, value, ttlUs } of commit.puts ?? []) {
      const dbKey = recordKey(partition, key);
      const expireTimeUs = ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : timeUs + ttlUs;
      removeRecord(transaction, partition, key);
      transaction.insert(dbKey, encodeValue(dbKey, [version, expireTimeUs], value));
      if (expireTimeUs !== NEVER_EXPIRES) transaction.insert(expiryKey(expireTimeUs, dbKey), NO_VALUE);
    }
    for (const key of commit.deletes ?? []) removeRecord(transaction, partition, key);
    if (transaction.changed) transaction.hints.push({ kind: 'partition', partition });
    return { committed: true, version, timeUs };
  }

  #live(record: StoredRecord | undefined): StoredRecord | undefined {
    return record === undefined || isExpired(record, this.#clock.nowUs()) ? undefined : record;
  }
}

/** Takes out a record with its expiry entry, if there is one, expired or not. */
function removeRecord(transaction: Transaction, partition: string, key: string): void {
  const old = readRecord(transaction, partition, key);
  if (old === undefined) return;
  const dbKey = recordKey(partition, key);
  transaction.remove(dbKey);
  if (old.expireTimeUs !== NEVER_EXPIRES) transaction.remove(expiryKey(old.expireTimeUs, dbKey));
}

function readRecord(view: View, partition: string, key: string): StoredRecord | undefined {
  const dbKey = recordKey(partition, key);
  const value = view.get(dbKey);
  return value === undefined ? undefined : decodeRecord(dbKey, value, partition, key);
}

function decodeRecord(dbKey: Buffer, value: Buffer, partition: string, key: string): StoredRecord {
  const decoded = decodeValue(dbKey, value, 2);
  if (decoded === undefined) throw damagedError(`record "${key}" of partition "${partition}"`, { partition, key });
  const [version = 0, expireTimeUs = 0] = decoded.numbers;
  return { key, value: decoded.tail, version, expireTimeUs };
}
