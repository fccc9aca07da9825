import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { Message } from '../core/message.js';
import type { Storage } from '../storage/storage.js';
import { Catalog } from './catalog.js';
import { eventIdOf, eventNotFound, parseEventId, streamPrefix } from './event-id.js';
import { EventReader } from './event-reader.js';
import { EventWriter, type EventLog } from './event-writer.js';
import { Leases } from './leases.js';
import { MarkQueue } from './mark-queue.js';
import { MarkWriter } from './mark-writer.js';
import { Removal } from './removal.js';
import { StatusIndex } from './status-index.js';
import type { StreamMetrics } from './stream-metrics.js';
import { validateStreamName } from './stream-name.js';
import type {
  EventPage,
  EventQuery,
  EventReference,
  EventSelection,
  EventStatus,
  Lease,
  LeasedEvents,
  RETRY,
  Stream,
  StreamEvent,
  Streams,
  UNPROCESSED,
  WriteOptions,
  WrittenEvent,
} from './streams.js';

export interface StreamLimits {
  /** Largest event, bytes. */
  readonly maxMessageBytes: number;
  /** Life of the events of a stream that names none; 0 keeps them. */
  readonly eventTtlUs: number;
  /** Longest life that a stream may ask for. */
  readonly maxTtlUs: number;
}

export interface EventStreamsOptions {
  readonly storage: Pick<Storage, 'log' | 'records' | 'nowUs'>;
  /** The broker, so that subscribers of a stream's subject get its events live. */
  readonly log: EventLog;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly metrics: StreamMetrics;
}

/** Event streams over the two interfaces of a storage; keeps nothing that another process must know. */
export class EventStreams implements Streams {
  readonly #storage: EventStreamsOptions['storage'];
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #metrics: StreamMetrics;
  readonly #catalog: Catalog;
  readonly #removal: Removal;
  readonly #writer: EventWriter;
  readonly #reader: EventReader;
  readonly #index: StatusIndex;
  readonly #leases: Leases;
  readonly #markWriter: MarkWriter;
  readonly #markQueues = new Map<string, MarkQueue>();

  constructor({ storage, log, clock, limits, metrics }: EventStreamsOptions) {
    const { records } = storage;
    const nowUs = (): number => storage.nowUs();
    this.#storage = storage;
    this.#clock = clock;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#catalog = new Catalog(records, nowUs);
    this.#removal = new Removal(storage, this.#catalog);
    this.#writer = new EventWriter(log, this.#catalog, limits.maxMessageBytes);
    this.#reader = new EventReader(storage.log);
    this.#index = new StatusIndex(records);
    this.#leases = new Leases(records, this.#index, this.#reader, clock);
    this.#markWriter = new MarkWriter(records, clock, nowUs);
  }

  async create(name: string, { eventTtlUs }: { readonly eventTtlUs?: number } = {}): Promise<Stream> {
    validateStreamName(name);
    const ttlUs = this.#ttl(eventTtlUs);
    for (;;) {
      const stream = await this.#catalog.create(name, ttlUs);
      if (stream !== undefined) return stream;
      const taken = await this.#catalog.lookUp(name);
      // Whoever removes it may be gone.
      if (taken?.removed === true) await this.#removal.finish(taken);
      else if (taken !== undefined) {
        throw new BrokerError('STREAM_EXISTS', `stream: '${name}' already exists`, { fields: { stream_name: name } });
      }
    }
  }

  #ttl(eventTtlUs: number | undefined): number {
    if (eventTtlUs === undefined) return this.#limits.eventTtlUs;
    if (eventTtlUs < 0 || eventTtlUs > this.#limits.maxTtlUs) {
      const maximum = String(this.#limits.maxTtlUs / 1_000_000);
      throw new BrokerError('TTL_OUT_OF_RANGE', `the time to live must be from 0 to ${maximum} seconds`, {
        fields: { maximum_seconds: maximum },
      });
    }
    return eventTtlUs;
  }

  async delete(name: string): Promise<void> {
    for (;;) {
      const entry = await this.#catalog.find(name);
      const removed = await this.#catalog.markRemoved(entry);
      if (removed === undefined) continue;
      this.#writer.forget(name);
      await this.#removal.finish(removed);
      return;
    }
  }

  async get(name: string): Promise<Stream> {
    return (await this.#catalog.find(name)).stream;
  }

  list(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly Stream[]> {
    return this.#catalog.list(options);
  }

  async write(name: string, body: Uint8Array, options: WriteOptions = {}): Promise<WrittenEvent> {
    const { stream, appended } = await this.#writer.write(name, body, options);
    this.#metrics.eventWritten();
    const { id: messageId, publishTimeUs: createdTimeUs } = appended;
    return { id: eventIdOf(stream.id, messageId), createdTimeUs, messageId };
  }

  async read(stream: Stream, selection: EventSelection, query: EventQuery): Promise<EventPage> {
    if (selection === 'all') {
      const page = await this.#reader.page(stream, query, async ({ from, to, maxIds }) => {
        const last = Math.min(to, from + maxIds - 1);
        return { ranges: [{ first: from, last }], next: last + 1 };
      });
      const statuses = await this.#index.statuses(
        stream.id,
        page.messages.map(({ id }) => id),
      );
      return { ...page, events: page.messages.map((message, i) => toEvent(stream, message, statuses[i]!)) };
    }
    const page = await this.#reader.page(stream, query, (range) => this.#index.find(stream.id, selection, range));
    return { ...page, events: page.messages.map((message) => toEvent(stream, message, selection)) };
  }

  position(stream: Stream, eventId: string): number {
    const address = parseEventId(eventId);
    if (address?.streamPrefix !== streamPrefix(stream.id)) throw eventNotFound(eventId);
    return address.messageId;
  }

  async lease(
    stream: Stream,
    status: typeof UNPROCESSED | typeof RETRY,
    { limit, durationUs, after = 0 }: { readonly limit: number; readonly durationUs: number; readonly after?: number },
  ): Promise<LeasedEvents> {
    const { messages, lease } = await this.#leases.grant(stream, { status, limit, durationUs, after });
    this.#metrics.eventsLeased(messages.length);
    return { events: messages.map((message) => toEvent(stream, message, status)), lease };
  }

  extendLease(stream: Stream, leaseId: string, durationUs: number): Promise<Lease> {
    return this.#leases.extend(stream, leaseId, durationUs);
  }

  releaseLease(stream: Stream, leaseId: string): Promise<void> {
    return this.#leases.release(stream, leaseId);
  }

  async findEvent(eventId: string): Promise<EventReference> {
    const { stream, address } = await this.#catalog.findByEvent(eventId);
    const { messageId } = address;
    const message = await this.#storage.log.get(stream.subject, messageId);
    if (message === undefined) throw eventNotFound(eventId);
    return { eventId, messageId, stream };
  }

  async mark(
    { eventId, stream, messageId }: EventReference,
    status: EventStatus,
    { leaseId }: { readonly leaseId?: string | undefined } = {},
  ): Promise<void> {
    try {
      await this.#queueOf(stream).add({ messageId, status, leaseId });
    } catch (error) {
      throw error instanceof BrokerError && error.reason === 'STREAM_NOT_FOUND' ? eventNotFound(eventId) : error;
    }
    this.#metrics.eventMarked(status);
  }

  /** Finishes the removals that a process which is gone has begun; answers how many there were. */
  finishRemovals(): Promise<number> {
    return this.#removal.finishAll();
  }

  #queueOf(stream: Stream): MarkQueue {
    const known = this.#markQueues.get(stream.id);
    if (known !== undefined) return known;
    const queue = new MarkQueue(
      (marks) => this.#markWriter.write(stream, marks),
      this.#clock,
      () => this.#markQueues.delete(stream.id),
    );
    this.#markQueues.set(stream.id, queue);
    return queue;
  }
}

function toEvent(stream: Stream, { id, body, publishTimeUs }: Message, status: EventStatus): StreamEvent {
  return { id: eventIdOf(stream.id, id), status, body, createdTimeUs: publishTimeUs, messageId: id };
}
