import type { Availability } from '../availability.js';
import type { CommitResult, RecordCommit, RecordStore, StoredRecord } from '../storage.js';
import { tagOf } from './keys.js';
import type { RedisData } from './redis-data.js';
import { argumentOf, bytesOf, listOf, textOf } from './reply.js';
import type { Reply } from './reply.js';
import { COMMIT, GET_RECORD, SCAN_RECORDS } from './scripts/records.js';

/** Records in a hash per partition, with their keys in order beside it; README.md describes the keys. */
export class RedisRecords implements RecordStore {
  readonly #data: RedisData;
  readonly #availability: Availability;
  readonly #onCommitted: (partition: string) => void;

  constructor(data: RedisData, availability: Availability, onCommitted: (partition: string) => void) {
    this.#data = data;
    this.#availability = availability;
    this.#onCommitted = onCommitted;
  }

  get(partition: string, key: string): Promise<StoredRecord | undefined> {
    return this.#availability.run(async () => {
      const tag = tagOf(partition);
      const keys = [this.#data.keys.records(tag, partition)];
      const { answer } = await this.#data.run(GET_RECORD, this.#data.placeOf(tag), keys, [key]);
      return answer.length === 0 ? undefined : recordOf(key, answer[0], answer[1], answer[2]);
    });
  }

  scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]> {
    return this.#availability.run(async () => {
      const tag = tagOf(partition);
      const keys = [this.#data.keys.records(tag, partition), this.#data.keys.recordKeys(tag, partition)];
      const least = range.from === '' ? '-' : `[${range.from}`;
      const greatest = range.to === '' ? '+' : `(${range.to}`;
      const order = range.backwards === true ? ['ZREVRANGEBYLEX', greatest, least] : ['ZRANGEBYLEX', least, greatest];
      const { answer } = await this.#data.run(SCAN_RECORDS, this.#data.placeOf(tag), keys, [
        ...order,
        String(range.limit),
      ]);
      const found = listOf(answer[0]);
      return Array.from({ length: found.length / 4 }, (_, index) =>
        recordOf(textOf(found[index * 4]), found[index * 4 + 1], found[index * 4 + 2], found[index * 4 + 3]),
      );
    });
  }

  commit(partition: string, { conditions = [], puts = [], deletes = [] }: RecordCommit): Promise<CommitResult> {
    return this.#availability.run(async () => {
      const tag = tagOf(partition);
      const place = this.#data.placeOf(tag);
      const { keys } = this.#data;
      const [outcome, first, second] = await this.#data.runOnce(
        COMMIT,
        place,
        [keys.records(tag, partition), keys.recordKeys(tag, partition), keys.versions(tag), keys.due(tag)],
        [
          ...this.#data.publishing(place),
          partition,
          String(conditions.length),
          ...conditions.flatMap(({ key, version }) => [key, String(version)]),
          String(puts.length),
          ...puts.flatMap(({ key, ttlUs, value }) => [key, String(ttlUs), argumentOf(value)]),
          String(deletes.length),
          ...deletes,
        ],
      );
      if (outcome === 'no') return { committed: false, failedKey: conditions[Number(first)]?.key ?? '' };
      this.#onCommitted(partition);
      return { committed: true, version: Number(first), timeUs: Number(second) };
    });
  }
}

function recordOf(
  key: string,
  version: Reply | undefined,
  expire: Reply | undefined,
  value: Reply | undefined,
): StoredRecord {
  return { key, value: bytesOf(value), version: Number(textOf(version)), expireTimeUs: Number(textOf(expire)) };
}
