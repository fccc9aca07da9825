import type {
  AllEventsRequest,
  CallOptions,
  EventStatus,
  EventStream,
  StoredEvent,
  StreamsClient,
} from '../../client/index.js';
import { formatTime } from '../message-view.js';
import type {
  EventRange,
  ShownEvent,
  ShownStream,
  ShownWrite,
  StatusToTake,
  StreamTransport,
  TakenUnderLease,
} from './stream-transport.js';

/** Most that the server returns in one page. */
const MAX_PAGE = 1000;

export class GrpcTransport implements StreamTransport {
  /** Below the calls that a server allows on one connection. */
  readonly window = 128;
  readonly #streams: StreamsClient;
  readonly #options: CallOptions;

  constructor(streams: StreamsClient, signal: AbortSignal) {
    this.#streams = streams;
    this.#options = { signal };
  }

  async create(name: string, eventTtlMs: number | undefined): Promise<ShownStream> {
    const life = eventTtlMs === undefined ? {} : { eventTtlMs };
    return shownStream(await this.#streams.create({ name, ...life }, this.#options));
  }

  delete(name: string): Promise<void> {
    return this.#streams.delete(name, this.#options);
  }

  async info(name: string): Promise<ShownStream> {
    return shownStream(await this.#streams.get(name, this.#options));
  }

  async *list(prefix: string): AsyncGenerator<ShownStream, void, void> {
    for await (const stream of this.#streams.all(prefix, this.#options)) yield shownStream(stream);
  }

  async write(name: string, event: Buffer): Promise<ShownWrite> {
    const { id, createTimeUs } = await this.#streams.write(name, event, this.#options);
    return { id, createTime: formatTime(createTimeUs) };
  }

  async *events(
    name: string,
    selection: 'all' | StatusToTake,
    { limit, after }: EventRange,
  ): AsyncGenerator<ShownEvent, void, void> {
    const request = {
      stream: name,
      pageSize: Math.min(limit, MAX_PAGE),
      ...(after === undefined ? {} : { afterEventId: after }),
    };
    let left = limit;
    for await (const event of this.#all(selection, request)) {
      yield shownEvent(event);
      if (--left === 0) return;
    }
  }

  async lease(
    name: string,
    status: StatusToTake,
    { limit, after, leaseMs }: EventRange & { readonly leaseMs: number },
  ): Promise<TakenUnderLease> {
    const request = {
      stream: name,
      pageSize: Math.min(limit, MAX_PAGE),
      leaseMs,
      ...(after === undefined ? {} : { afterEventId: after }),
    };
    const taken =
      status === 'retry' ? this.#streams.retry(request, this.#options) : this.#streams.process(request, this.#options);
    const { events, lease } = await taken;
    return {
      events: events.map(shownEvent),
      lease: lease === undefined ? undefined : { id: lease.id, expireTime: formatTime(lease.expireTimeUs) },
    };
  }

  mark(eventId: string, status: EventStatus, leaseId: string | undefined): Promise<void> {
    return this.#streams.mark(eventId, status, { ...this.#options, ...(leaseId === undefined ? {} : { leaseId }) });
  }

  #all(selection: 'all' | StatusToTake, request: AllEventsRequest): AsyncIterable<StoredEvent> {
    switch (selection) {
      case 'all':
        return this.#streams.allEvents(request, this.#options);
      case 'unprocessed':
        return this.#streams.allToProcess(request, this.#options);
      case 'retry':
        return this.#streams.allToRetry(request, this.#options);
    }
  }
}

function shownStream({ id, name, createTimeUs, eventTtlMs, subject }: EventStream): ShownStream {
  return { id, name, createTime: formatTime(createTimeUs), details: { eventTtlMs, subject } };
}

function shownEvent({ id, streamId, status, createTimeUs, body }: StoredEvent): ShownEvent {
  return { id, streamId, status, createTime: formatTime(createTimeUs), body };
}
