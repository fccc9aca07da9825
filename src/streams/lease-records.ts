import { BrokerError } from '../core/errors.js';
import type { RecordStore, StoredRecord } from '../storage/storage.js';
import type { IdRange } from './status-index.js';
import { leaseKey, LEASES, partitionOf } from './stream-keys.js';
import { isLeaseId } from './lease-id.js';

/** Leases read by one scan. */
const PAGE = 1000;

/** A lease that has not ended: its record goes away by the storage's clock when it does. */
export interface LeaseRecord {
  readonly key: string;
  readonly version: number;
  readonly expireTimeUs: number;
  /** In order and disjoint. */
  readonly ranges: readonly IdRange[];
}

/** Stored as JSON: first and last id of each range in turn. */
export function encodeRanges(ranges: readonly IdRange[]): Uint8Array {
  return Buffer.from(JSON.stringify(ranges.flatMap(({ first, last }) => [first, last])));
}

function decode({ key, value, version, expireTimeUs }: StoredRecord): LeaseRecord {
  try {
    const numbers = JSON.parse(Buffer.from(value).toString()) as readonly number[];
    const ranges: IdRange[] = [];
    for (let i = 0; i < numbers.length; i += 2) ranges.push({ first: numbers[i]!, last: numbers[i + 1]! });
    return { key, version, expireTimeUs, ranges };
  } catch (error) {
    throw new BrokerError('DATA_LOSS', 'a lease of events is damaged', { cause: error });
  }
}

/** Reads the leases of a stream. */
export class LeaseRecords {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  async get(streamId: string, leaseId: string): Promise<LeaseRecord | undefined> {
    if (!isLeaseId(leaseId)) return undefined;
    const record = await this.#records.get(partitionOf(streamId), leaseKey(leaseId));
    return record === undefined ? undefined : decode(record);
  }

  async all(streamId: string): Promise<readonly LeaseRecord[]> {
    const leases: LeaseRecord[] = [];
    let from: string = LEASES.from;
    for (;;) {
      const records = await this.#records.scan(partitionOf(streamId), { from, to: LEASES.to, limit: PAGE });
      for (const record of records) leases.push(decode(record));
      if (records.length < PAGE) return leases;
      from = `${records.at(-1)!.key}0`;
    }
  }
}

export function leaseLost(leaseId: string): BrokerError {
  return new BrokerError('LEASE_LOST', `lease '${leaseId}' has ended`, { fields: { lease_id: leaseId } });
}
