import { BrokerError } from '../core/errors.js';
import { NO_HEADERS } from '../core/message.js';
import type { AppendItem, AppendResult, Appended, Fence } from '../storage/storage.js';
import { streamNotFound, type Catalog } from './catalog.js';
import { streamFence } from './stream-fence.js';
import type { Stream, WriteOptions } from './streams.js';

/** Where events go: the batching writer, which also brings them to live subscribers. */
export interface EventLog {
  append(items: readonly AppendItem[], deadlineMs?: number): Promise<readonly AppendResult[]>;
}

/** What is remembered of a stream between writes. */
interface OpenStream {
  readonly stream: Stream;
  readonly fence: Fence;
}

/** Streams that are remembered, some hundred bytes each. */
const MAX_OPEN = 10_000;

/**
 * Writes events without looking the stream up each time. What is remembered may be out of date, because another process
 * may have removed the stream: then the fence refuses the event, and the stream is looked up again.
 */
export class EventWriter {
  readonly #log: EventLog;
  readonly #catalog: Catalog;
  readonly #maxBytes: number;
  readonly #open = new Map<string, OpenStream>();
  readonly #opening = new Map<string, Promise<OpenStream>>();

  constructor(log: EventLog, catalog: Catalog, maxBytes: number) {
    this.#log = log;
    this.#catalog = catalog;
    this.#maxBytes = maxBytes;
  }

  /** @throws BrokerError STREAM_NOT_FOUND, MESSAGE_TOO_LARGE and those of the batching writer */
  async write(
    name: string,
    body: Uint8Array,
    { deadlineMs, span }: WriteOptions,
  ): Promise<{ readonly stream: Stream; readonly appended: Appended }> {
    if (body.length > this.#maxBytes) {
      throw new BrokerError('MESSAGE_TOO_LARGE', `event is ${body.length} bytes, more than ${this.#maxBytes}`, {
        fields: { limit: String(this.#maxBytes), actual: String(body.length) },
      });
    }
    for (;;) {
      const open = this.#open.get(name) ?? (await this.#openStream(name));
      const { stream, fence } = open;
      const { subject, eventTtlUs: ttlUs } = stream;
      const headers = span === undefined ? NO_HEADERS : span.carry(NO_HEADERS);
      const item: AppendItem = { subject, body, headers, ttlUs, fence };
      const appended = (await this.#log.append([item], deadlineMs))[0]!;
      if (!(appended instanceof BrokerError)) return { stream, appended };
      if (appended.reason !== 'FENCE_STALE') throw appended;
      if (this.#open.get(name) === open) this.#open.delete(name);
      // While a removal is under way the fence may be raised before the new definition is there.
      if ((await this.#catalog.find(name)).version === fence.token) throw streamNotFound(name);
    }
  }

  forget(name: string): void {
    this.#open.delete(name);
  }

  /** Writers of one stream share a lookup, so that they go on in the order in which they came. */
  #openStream(name: string): Promise<OpenStream> {
    const underWay = this.#opening.get(name);
    if (underWay !== undefined) return underWay;
    const opening = this.#lookUp(name).finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    return opening;
  }

  async #lookUp(name: string): Promise<OpenStream> {
    const { stream, version } = await this.#catalog.find(name);
    const open = { stream, fence: streamFence(version) };
    if (this.#open.size >= MAX_OPEN) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(name, open);
    return open;
  }
}
