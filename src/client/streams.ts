import type { CallOptions } from './call-options.js';
import { decodeAs, encodeAs } from './proto.js';
import type { Rpc } from './rpc.js';
import {
  type EventLease,
  type EventPage,
  type EventStream,
  type EventStatus,
  type StoredEvent,
  type StreamPage,
  type TakenEvents,
  toEventPage,
  toLease,
  toStatusName,
  toStream,
  toTakenEvents,
  type WireEventPage,
  type WireLease,
  type WireStream,
  type WireTakenEvents,
  type WireWrittenEvent,
  type WrittenEvent,
} from './stream-messages.js';
import { decodeTimestampUs, encodeTimestamp } from './timestamp.js';
import { missingField } from './waybill-error.js';

const SERVICE = '/waybill.v1.StreamService';

export interface EventsRequest {
  readonly stream: string;
  /** By default 100, at most 1,000. */
  readonly pageSize?: number;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string;
  /** Begin after this event; only without a page token. */
  readonly afterEventId?: string;
}

export interface TakeEventsRequest extends EventsRequest {
  /**
   * Hands the events to this caller alone for so many milliseconds, 1,000 to 86,400,000; only without a page token.
   * Without it they are only read.
   */
  readonly leaseMs?: number;
}

/** Which events a walk over all pages takes. */
export type AllEventsRequest = Omit<EventsRequest, 'pageToken'>;

/** Streams of JSON events. Every method throws WaybillError. */
export class StreamsClient {
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /**
   * Fails with STREAM_EXISTS when there is one of this name.
   *
   * @param request.eventTtlMs life of its events, 0 for no end; undefined takes the server's default
   */
  async create(
    { name, eventTtlMs }: { readonly name: string; readonly eventTtlMs?: number },
    options?: CallOptions,
  ): Promise<EventStream> {
    const eventTtl = eventTtlMs === undefined ? {} : { eventTtl: encodeTimestamp(eventTtlMs * 1000) };
    return this.#streamOf('CreateStream', { streamName: name, ...eventTtl }, options);
  }

  /** Removes the stream with its events. */
  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.#call('DeleteStream', { streamName: name }, options);
  }

  /** Fails with STREAM_NOT_FOUND. */
  async get(name: string, options?: CallOptions): Promise<EventStream> {
    return this.#streamOf('GetStream', { streamName: name }, options);
  }

  /** One page of the streams, ordered by the bytes of their names. */
  async list(
    request: { readonly prefix?: string; readonly pageSize?: number; readonly pageToken?: string } = {},
    options?: CallOptions,
  ): Promise<StreamPage> {
    const page = await this.#call<{ readonly streams: readonly WireStream[]; readonly nextPageToken: string }>(
      'ListStreams',
      request,
      options,
    );
    return { streams: page.streams.map(toStream), nextPageToken: page.nextPageToken };
  }

  /** All streams, page by page. */
  async *all(prefix = '', options?: CallOptions): AsyncGenerator<EventStream, void, void> {
    let pageToken = '';
    do {
      const page = await this.list({ prefix, pageToken, pageSize: MAX_PAGE }, options);
      yield* page.streams;
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /**
   * Resolves when the event is stored.
   *
   * @param body one JSON value, kept byte for byte; a string is sent as UTF-8
   */
  async write(stream: string, body: Uint8Array | string, options?: CallOptions): Promise<WrittenEvent> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const written = await this.#call<WireWrittenEvent>('WriteEvent', { streamName: stream, body: bytes }, options);
    return { id: written.eventId, createTimeUs: decodeTimestampUs(written.createTime), messageId: written.messageId };
  }

  /** One page of the events in the order of their creation, whatever their status. */
  async events(request: EventsRequest, options?: CallOptions): Promise<EventPage> {
    return toEventPage(await this.#call<WireEventPage>('ListEvents', wireRequest(request), options));
  }

  /** All events that were there when this began, page by page. */
  allEvents(request: AllEventsRequest, options?: CallOptions): AsyncGenerator<StoredEvent, void, void> {
    return everyPage(request, (page) => this.events(page, options));
  }

  /** One page of the unprocessed events, or a lease of the oldest of them that nobody else has. */
  async process(request: TakeEventsRequest, options?: CallOptions): Promise<TakenEvents> {
    return toTakenEvents(await this.#call<WireTakenEvents>('ProcessEvents', wireRequest(request), options));
  }

  /** All events that are unprocessed, page by page; to be read only. */
  allToProcess(request: AllEventsRequest, options?: CallOptions): AsyncGenerator<StoredEvent, void, void> {
    return everyPage(request, (page) => this.process(page, options));
  }

  /** One page of the events that are marked for a retry, or a lease of the oldest of them that nobody else has. */
  async retry(request: TakeEventsRequest, options?: CallOptions): Promise<TakenEvents> {
    return toTakenEvents(await this.#call<WireTakenEvents>('RetryEvents', wireRequest(request), options));
  }

  /** All events that are marked for a retry, page by page; to be read only. */
  allToRetry(request: AllEventsRequest, options?: CallOptions): AsyncGenerator<StoredEvent, void, void> {
    return everyPage(request, (page) => this.retry(page, options));
  }

  /**
   * Sets the status of an event. A processed one is done; with any other status its lease is over and it may be handed
   * out again. Fails with EVENT_NOT_FOUND.
   *
   * @param options.leaseId only if the event is still under this lease, otherwise it fails with LEASE_LOST
   */
  async mark(
    eventId: string,
    status: EventStatus,
    options: CallOptions & { readonly leaseId?: string } = {},
  ): Promise<void> {
    const { leaseId = '', ...callOptions } = options;
    await this.#call('MarkEvent', { eventId, status: toStatusName(status), leaseId }, callOptions);
  }

  /** Lets a lease end `durationMs` from now. Fails with LEASE_LOST when it has ended. */
  async extendLease(stream: string, leaseId: string, durationMs: number, options?: CallOptions): Promise<EventLease> {
    const request = { streamName: stream, leaseId, duration: encodeTimestamp(durationMs * 1000) };
    const { lease } = await this.#call<{ readonly lease?: WireLease | null }>('ExtendLease', request, options);
    return toLease(lease ?? missingField('lease'));
  }

  /** Gives back the events of a lease that are not marked yet; also when the lease has ended. */
  async releaseLease(stream: string, leaseId: string, options?: CallOptions): Promise<void> {
    await this.#call('ReleaseLease', { streamName: stream, leaseId }, options);
  }

  async #streamOf(method: string, request: object, options: CallOptions | undefined): Promise<EventStream> {
    const { stream } = await this.#call<{ readonly stream?: WireStream | null }>(method, request, options);
    return toStream(stream ?? missingField('stream'));
  }

  async #call<Response>(method: string, request: object, options: CallOptions | undefined): Promise<Response> {
    const bytes = encodeAs(`waybill.v1.${method}Request`, request);
    return decodeAs<Response>(
      `waybill.v1.${method}Response`,
      await this.#rpc.unary(`${SERVICE}/${method}`, bytes, options),
    );
  }
}

/** Most that the server returns in one page. */
const MAX_PAGE = 1000;

function wireRequest({ stream, leaseMs, ...request }: TakeEventsRequest): object {
  const lease = leaseMs === undefined ? {} : { leaseDuration: encodeTimestamp(leaseMs * 1000) };
  return { streamName: stream, ...request, ...lease };
}

async function* everyPage(
  { afterEventId, ...request }: AllEventsRequest,
  read: (page: EventsRequest) => Promise<EventPage>,
): AsyncGenerator<StoredEvent, void, void> {
  let from: Pick<EventsRequest, 'afterEventId' | 'pageToken'> = afterEventId === undefined ? {} : { afterEventId };
  for (;;) {
    const { events, nextPageToken } = await read({ pageSize: MAX_PAGE, ...request, ...from });
    yield* events;
    if (nextPageToken === '') return;
    from = { pageToken: nextPageToken };
  }
}
