import type { Clock } from '../core/clock.js';
import type { BrokerError } from '../core/errors.js';
import { NEVER_EXPIRES } from '../core/message.js';
import type { RecordCondition, RecordPut, RecordStore, StoredRecord } from '../storage/storage.js';
import { streamNotFound } from './catalog.js';
import { untilCommitted } from './conditional-commit.js';
import { includes, subtract, toRanges } from './id-ranges.js';
import { encodeRanges, leaseLost, LeaseRecords, type LeaseRecord } from './lease-records.js';
import type { Mark } from './mark-queue.js';
import { blockOf, positionOf, summaryOf } from './status-index.js';
import { MAP_POSITIONS, StatusMap } from './status-map.js';
import { blockKey, CLOSED, leaseKey, partitionOf, summaryKey } from './stream-keys.js';
import { PROCESSED, RETRY, UNPROCESSED, type Stream } from './streams.js';

/** Longer than any call takes, by far. */
const SLACK_US = 3600 * 1_000_000;

/** A map with the version it was read at; 0 when it did not exist. */
interface LoadedMap {
  readonly key: string;
  readonly version: number;
  readonly expireTimeUs: number;
  readonly map: StatusMap;
  changed: boolean;
}

function loaded(key: string, record: StoredRecord | undefined): LoadedMap {
  if (record === undefined) return { key, version: 0, expireTimeUs: 0, map: StatusMap.empty(), changed: false };
  const { value, version, expireTimeUs } = record;
  return { key, version, expireTimeUs, map: StatusMap.decode(value), changed: false };
}

/** Writes marks of one stream: blocks, summaries and leases in one commit, whoever else is writing. */
export class MarkWriter {
  readonly #records: RecordStore;
  readonly #leases: LeaseRecords;
  readonly #clock: Clock;
  readonly #nowUs: () => number;

  /** @param nowUs the storage's clock, in microseconds */
  constructor(records: RecordStore, clock: Clock, nowUs: () => number) {
    this.#records = records;
    this.#leases = new LeaseRecords(records);
    this.#clock = clock;
    this.#nowUs = nowUs;
  }

  /** One answer per mark, undefined when it was made. @throws BrokerError when none was made */
  async write(stream: Stream, marks: readonly Mark[]): Promise<readonly (BrokerError | undefined)[]> {
    let failures: readonly (BrokerError | undefined)[] = [];
    await untilCommitted(this.#clock, async () => {
      const attempt = new MarkAttempt(this.#records, this.#leases, stream, this.#nowUs());
      failures = await attempt.apply(marks);
      if (!attempt.changesAnything) return undefined;
      const result = await this.#records.commit(partitionOf(stream.id), attempt.commit());
      if (!result.committed && result.failedKey === CLOSED) throw streamNotFound(stream.name);
      return result;
    });
    return failures;
  }
}

/** Reads what the marks change, changes it, and knows what has to be committed. */
class MarkAttempt {
  readonly #records: RecordStore;
  readonly #leases: LeaseRecords;
  readonly #stream: Stream;
  readonly #nowUs: number;
  readonly #maps = new Map<string, LoadedMap>();
  readonly #conditions: RecordCondition[] = [{ key: CLOSED, version: 0 }];
  readonly #puts: RecordPut[] = [];
  readonly #deletes: string[] = [];

  constructor(records: RecordStore, leases: LeaseRecords, stream: Stream, nowUs: number) {
    this.#records = records;
    this.#leases = leases;
    this.#stream = stream;
    this.#nowUs = nowUs;
  }

  get changesAnything(): boolean {
    return this.#puts.length > 0 || this.#deletes.length > 0;
  }

  commit() {
    return { conditions: this.#conditions, puts: this.#puts, deletes: this.#deletes };
  }

  async apply(marks: readonly Mark[]): Promise<readonly (BrokerError | undefined)[]> {
    const failures: (BrokerError | undefined)[] = [];
    const blocks = new Set<number>();
    const freed: number[] = [];
    for (const { messageId, status, leaseId } of marks) {
      const failure = leaseId === undefined ? undefined : await this.#checkLease(leaseId, messageId);
      failures.push(failure);
      if (failure !== undefined) continue;
      const block = blockOf(messageId);
      blocks.add(block);
      const entry = await this.#load(blockKey(block));
      if (entry.map.set(positionOf(messageId), status !== UNPROCESSED, status === RETRY)) entry.changed = true;
      if (status !== PROCESSED) freed.push(messageId);
    }
    for (const block of blocks) await this.#updateSummary(block);
    for (const { key, version, map, changed } of this.#maps.values()) {
      if (!changed) continue;
      this.#conditions.push({ key, version });
      this.#puts.push({ key, value: map.encode(), ttlUs: this.#ttlUs() });
    }
    if (freed.length > 0) await this.#endLeases(freed);
    return failures;
  }

  async #load(key: string): Promise<LoadedMap> {
    let entry = this.#maps.get(key);
    if (entry === undefined) {
      entry = loaded(key, await this.#records.get(partitionOf(this.#stream.id), key));
      this.#maps.set(key, entry);
    }
    return entry;
  }

  async #updateSummary(block: number): Promise<void> {
    const { map, changed } = await this.#load(blockKey(block));
    if (!changed) return;
    const summary = await this.#load(summaryKey(summaryOf(block)));
    const flagged = summary.map.set(block % MAP_POSITIONS, map.allSettled, map.anyRetry);
    if (flagged || this.#isAgeing(summary)) summary.changed = true;
  }

  /**
   * Maps may go once every event that was marked in them has expired, which is one life after the last mark. They are
   * written with two, so that a summary need not be written again with each mark of its blocks.
   */
  #ttlUs(): number {
    const { eventTtlUs } = this.#stream;
    return eventTtlUs === 0 ? NEVER_EXPIRES : 2 * eventTtlUs + 2 * SLACK_US;
  }

  #isAgeing({ version, expireTimeUs }: LoadedMap): boolean {
    if (version === 0 || expireTimeUs === NEVER_EXPIRES) return false;
    return expireTimeUs - this.#nowUs < this.#stream.eventTtlUs + SLACK_US;
  }

  async #checkLease(leaseId: string, messageId: number): Promise<BrokerError | undefined> {
    const lease = await this.#leases.get(this.#stream.id, leaseId);
    if (lease === undefined || !includes(lease.ranges, messageId)) return leaseLost(leaseId);
    this.#condition(leaseKey(leaseId), lease.version);
    return undefined;
  }

  /** Takes events that can be handed out again out of the leases they are under. */
  async #endLeases(messageIds: readonly number[]): Promise<void> {
    const freed = toRanges([...new Set(messageIds)].toSorted((a, b) => a - b));
    for (const lease of await this.#leases.all(this.#stream.id)) {
      const rest = subtract(lease.ranges, freed);
      if (rest.length === lease.ranges.length && rest.every((range, i) => same(range, lease.ranges[i]))) continue;
      this.#condition(lease.key, lease.version);
      if (rest.length === 0) this.#deletes.push(lease.key);
      else this.#puts.push({ key: lease.key, value: encodeRanges(rest), ttlUs: this.#remainingUs(lease) });
    }
  }

  /** The storage's clock is known to about a millisecond; a lease may end that much early or late. */
  #remainingUs({ expireTimeUs }: LeaseRecord): number {
    return Math.max(1, expireTimeUs - this.#nowUs);
  }

  #condition(key: string, version: number): void {
    if (!this.#conditions.some((condition) => condition.key === key)) this.#conditions.push({ key, version });
  }
}

function same(a: { first: number; last: number }, b: { first: number; last: number } | undefined): boolean {
  return a.first === b?.first && a.last === b.last;
}
