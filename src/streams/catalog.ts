import { randomUUID } from 'node:crypto';
import { BrokerError } from '../core/errors.js';
import type { RecordStore } from '../storage/storage.js';
import { eventNotFound, parseEventId, streamPrefix, type EventAddress } from './event-id.js';
import { CATALOG, nameKey, namePrefixKey, NAMES_END, prefixKey, removalKey } from './stream-keys.js';
import { subjectOfStream } from './stream-name.js';
import { readStreamRecord, streamRecord, type StreamDefinition } from './stream-record.js';
import type { Stream } from './streams.js';

/** A stream with the version of its record, which is greater than that of every earlier stream of this name. */
export interface CatalogEntry extends StreamDefinition {
  readonly version: number;
}

/**
 * The definitions of all streams, in one partition so that they change together: by name, and by the part of the id
 * that the ids of their events begin with. A name is taken from `create` until `forget`; in between `markRemoved` makes
 * the stream invisible.
 */
export class Catalog {
  readonly #records: RecordStore;
  readonly #nowUs: () => number;

  /** @param nowUs the storage's clock, in microseconds */
  constructor(records: RecordStore, nowUs: () => number) {
    this.#records = records;
    this.#nowUs = nowUs;
  }

  /** What has this name, removed or not. */
  async lookUp(name: string): Promise<CatalogEntry | undefined> {
    const record = await this.#records.get(CATALOG, nameKey(name));
    return record === undefined ? undefined : { ...readStreamRecord(record.value), version: record.version };
  }

  /** @throws BrokerError STREAM_NOT_FOUND */
  async find(name: string): Promise<CatalogEntry> {
    const entry = await this.lookUp(name);
    if (entry === undefined || entry.removed) throw streamNotFound(name);
    return entry;
  }

  /** The stream that an event belongs to. @throws BrokerError EVENT_NOT_FOUND */
  async findByEvent(eventId: string): Promise<{ readonly stream: Stream; readonly address: EventAddress }> {
    const address = parseEventId(eventId);
    if (address === undefined) throw eventNotFound(eventId);
    const record = await this.#records.get(CATALOG, prefixKey(address.streamPrefix));
    if (record === undefined) throw eventNotFound(eventId);
    return { stream: readStreamRecord(record.value).stream, address };
  }

  /** Undefined when the name is taken. */
  async create(name: string, eventTtlUs: number): Promise<Stream | undefined> {
    for (;;) {
      const id = randomUUID();
      const stream = { id, name, createdTimeUs: this.#nowUs(), eventTtlUs, subject: subjectOfStream(name) };
      const keys = [nameKey(name), prefixKey(streamPrefix(id))];
      const result = await this.#records.commit(CATALOG, {
        conditions: keys.map((key) => ({ key, version: 0 })),
        puts: keys.map((key) => streamRecord(key, { stream, removed: false })),
      });
      if (result.committed) return stream;
      if (result.failedKey === keys[0]) return undefined;
    }
  }

  /** The entry as it is then, or undefined when it is another one by now. */
  async markRemoved({ stream, version }: CatalogEntry): Promise<CatalogEntry | undefined> {
    const key = nameKey(stream.name);
    const removed = { stream, removed: true };
    const result = await this.#records.commit(CATALOG, {
      conditions: [{ key, version }],
      puts: [streamRecord(key, removed), streamRecord(removalKey(stream.id), removed)],
      deletes: [prefixKey(streamPrefix(stream.id))],
    });
    return result.committed ? { ...removed, version: result.version } : undefined;
  }

  /** Frees the name of a stream that has been removed. */
  async forget({ stream, version }: CatalogEntry): Promise<void> {
    const key = nameKey(stream.name);
    await this.#records.commit(CATALOG, {
      conditions: [{ key, version }],
      deletes: [key, removalKey(stream.id)],
    });
  }

  async list({ prefix, after, limit }: { prefix: string; after: string; limit: number }): Promise<readonly Stream[]> {
    const begin = namePrefixKey(prefix);
    const streams: Stream[] = [];
    let from = after === '' ? begin : nextKey(nameKey(after));
    if (Buffer.compare(Buffer.from(from), Buffer.from(begin)) < 0) from = begin;
    for (;;) {
      const records = await this.#records.scan(CATALOG, { from, to: NAMES_END, limit });
      for (const { key, value } of records) {
        if (!key.startsWith(begin)) return streams;
        const { stream, removed } = readStreamRecord(value);
        if (!removed && stream.name.startsWith(prefix)) streams.push(stream);
        if (streams.length === limit) return streams;
        from = nextKey(key);
      }
      if (records.length < limit) return streams;
    }
  }
}

/** The key right after `key`: no key holds a character that comes before this one. */
function nextKey(key: string): string {
  return `${key}\u0001`;
}

export function streamNotFound(name: string): BrokerError {
  return new BrokerError('STREAM_NOT_FOUND', `stream '${name}' not found`, { fields: { stream_name: name } });
}
