import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { Message } from '../core/message.js';
import { NEVER_EXPIRES } from '../core/message.js';
import type { RecordStore } from '../storage/storage.js';
import { streamNotFound } from './catalog.js';
import { untilCommitted } from './conditional-commit.js';
import type { EventReader } from './event-reader.js';
import { subtract, toRanges, union } from './id-ranges.js';
import { encodeRanges, leaseLost, LeaseRecords } from './lease-records.js';
import type { StatusIndex } from './status-index.js';
import { CLOSED, LEASE_GUARD, leaseKey, partitionOf } from './stream-keys.js';
import { MAX_LEASE_US, MIN_LEASE_US, type Lease, type RETRY, type Stream, type UNPROCESSED } from './streams.js';

const NOTHING = Buffer.alloc(0);

export interface LeaseRequest {
  readonly status: typeof UNPROCESSED | typeof RETRY;
  readonly limit: number;
  readonly durationUs: number;
  readonly after: number;
}

export interface LeasedMessages {
  readonly messages: readonly Message[];
  readonly lease: Lease | undefined;
}

/**
 * Hands out events under leases. A lease is a record with a time to live, so it ends by the storage's clock whoever is
 * still alive. Every grant writes the guard on the condition that nobody else has since the leases were read, so no event
 * is ever under two.
 */
export class Leases {
  readonly #records: RecordStore;
  readonly #leases: LeaseRecords;
  readonly #index: StatusIndex;
  readonly #reader: EventReader;
  readonly #clock: Clock;
  /** The last grant of each stream in this process: grants wait for each other here instead of failing at the guard. */
  readonly #grants = new Map<string, Promise<unknown>>();

  constructor(records: RecordStore, index: StatusIndex, reader: EventReader, clock: Clock) {
    this.#records = records;
    this.#leases = new LeaseRecords(records);
    this.#index = index;
    this.#reader = reader;
    this.#clock = clock;
  }

  /** @throws BrokerError ARGUMENT_INVALID, STREAM_NOT_FOUND when it was removed meanwhile */
  grant(stream: Stream, request: LeaseRequest): Promise<LeasedMessages> {
    validateDuration(request.durationUs);
    const before = this.#grants.get(stream.id) ?? Promise.resolve();
    const grant = before.then(() => this.#grant(stream, request));
    const settled = grant.then(
      () => {},
      () => {},
    );
    this.#grants.set(stream.id, settled);
    void settled.then(() => {
      if (this.#grants.get(stream.id) === settled) this.#grants.delete(stream.id);
    });
    return grant;
  }

  async #grant(stream: Stream, { status, limit, durationUs, after }: LeaseRequest): Promise<LeasedMessages> {
    const partition = partitionOf(stream.id);
    const id = randomUUID();
    let messages: readonly Message[] = [];
    const committed = await untilCommitted(this.#clock, async () => {
      const guard = await this.#records.get(partition, LEASE_GUARD);
      const held = union((await this.#leases.all(stream.id)).flatMap(({ ranges }) => ranges));
      ({ messages } = await this.#reader.page(stream, { after, limit }, async (range) => {
        const { ranges, next } = await this.#index.find(stream.id, status, range);
        return { ranges: subtract(ranges, held), next };
      }));
      if (messages.length === 0) return undefined;
      const ranges = toRanges(messages.map((message) => message.id));
      const result = await this.#records.commit(partition, {
        conditions: [
          { key: CLOSED, version: 0 },
          { key: LEASE_GUARD, version: guard?.version ?? 0 },
        ],
        puts: [
          { key: LEASE_GUARD, value: NOTHING, ttlUs: NEVER_EXPIRES },
          { key: leaseKey(id), value: encodeRanges(ranges), ttlUs: durationUs },
        ],
      });
      if (!result.committed && result.failedKey === CLOSED) throw streamNotFound(stream.name);
      return result;
    });
    if (committed === undefined) return { messages: [], lease: undefined };
    return { messages, lease: { id, expireTimeUs: committed.timeUs + durationUs } };
  }

  /** @throws BrokerError LEASE_LOST, ARGUMENT_INVALID */
  async extend(stream: Stream, leaseId: string, durationUs: number): Promise<Lease> {
    validateDuration(durationUs);
    const committed = await untilCommitted(this.#clock, async () => {
      const lease = await this.#leases.get(stream.id, leaseId);
      if (lease === undefined) throw leaseLost(leaseId);
      const { key, version, ranges } = lease;
      return this.#records.commit(partitionOf(stream.id), {
        conditions: [{ key, version }],
        puts: [{ key, value: encodeRanges(ranges), ttlUs: durationUs }],
      });
    });
    return { id: leaseId, expireTimeUs: committed!.timeUs + durationUs };
  }

  async release(stream: Stream, leaseId: string): Promise<void> {
    await untilCommitted(this.#clock, async () => {
      const lease = await this.#leases.get(stream.id, leaseId);
      if (lease === undefined) return undefined;
      const { key, version } = lease;
      return this.#records.commit(partitionOf(stream.id), { conditions: [{ key, version }], deletes: [key] });
    });
  }
}

function validateDuration(durationUs: number): void {
  if (durationUs < MIN_LEASE_US || durationUs > MAX_LEASE_US) {
    throw new BrokerError('ARGUMENT_INVALID', 'a lease lasts from 1 second to 24 hours', {
      fields: { minimum_seconds: String(MIN_LEASE_US / 1e6), maximum_seconds: String(MAX_LEASE_US / 1e6) },
    });
  }
}
