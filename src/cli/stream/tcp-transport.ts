import type { EventBusClient, EventBusEvent, EventBusStream, EventStatus } from '../../client/index.js';
import { UsageError } from '../exit-code.js';
import type {
  EventRange,
  ShownEvent,
  ShownStream,
  ShownWrite,
  StatusToTake,
  StreamTransport,
  TakenUnderLease,
} from './stream-transport.js';

const STATUSES = ['unprocessed', 'processed', 'retry'] as const;
const STATUS_NUMBERS = { unprocessed: 0, processed: 1, retry: 2 } as const satisfies Record<EventStatus, number>;

export class TcpTransport implements StreamTransport {
  readonly window = 512;
  readonly #client: EventBusClient;

  constructor(client: EventBusClient) {
    this.#client = client;
  }

  async create(name: string, eventTtlMs: number | undefined): Promise<ShownStream> {
    const life = eventTtlMs === undefined ? {} : { eventTtlSeconds: wholeSeconds('the life of events', eventTtlMs) };
    return shownStream(await this.#client.createStream(name, life));
  }

  delete(name: string): Promise<void> {
    return this.#client.deleteStream(name);
  }

  async info(name: string): Promise<ShownStream> {
    return shownStream(await this.#client.getStreamInfo(name));
  }

  list(): never {
    throw new UsageError('the TCP protocol has no operation that lists streams; leave out --tcp');
  }

  async write(name: string, event: Buffer): Promise<ShownWrite> {
    await this.#client.writeEvent(name, event);
    return {};
  }

  async *events(
    name: string,
    selection: 'all' | StatusToTake,
    { limit, after }: EventRange,
  ): AsyncGenerator<ShownEvent, void, void> {
    const options = { limit, ...(after === undefined ? {} : { after }) };
    const events =
      selection === 'all'
        ? await this.#client.getStreamEvents(name, options)
        : (await this.#take(name, selection, options)).events;
    // The original server knows no limit.
    yield* events.slice(0, limit).map(shownEvent);
  }

  async lease(
    name: string,
    status: StatusToTake,
    { limit, after, leaseMs }: EventRange & { readonly leaseMs: number },
  ): Promise<TakenUnderLease> {
    const options = {
      limit,
      leaseSeconds: wholeSeconds('a lease', leaseMs),
      ...(after === undefined ? {} : { after }),
    };
    const { events, lease } = await this.#take(name, status, options);
    if (lease === undefined && events.length > 0) throw new Error('this server knows no leases');
    return {
      events: events.map(shownEvent),
      lease: lease === undefined ? undefined : { id: lease.id, expireTime: lease.expiresAt },
    };
  }

  mark(eventId: string, status: EventStatus, leaseId: string | undefined): Promise<void> {
    return this.#client.markEvent(eventId, STATUS_NUMBERS[status], leaseId === undefined ? {} : { leaseId });
  }

  #take(
    name: string,
    status: StatusToTake,
    options: Parameters<EventBusClient['processEvents']>[1],
  ): ReturnType<EventBusClient['processEvents']> {
    return status === 'retry' ? this.#client.retryEvents(name, options) : this.#client.processEvents(name, options);
  }
}

function wholeSeconds(what: string, ms: number): number {
  if (ms % 1000 !== 0) throw new UsageError(`over TCP ${what} is whole seconds`);
  return ms / 1000;
}

function shownStream({ id, name, createdAt }: EventBusStream): ShownStream {
  return { id, name, createTime: createdAt };
}

function shownEvent({ id, streamId, status, createdAt, body }: EventBusEvent): ShownEvent {
  return { id, streamId, status: STATUSES[status] ?? 'unknown', createTime: createdAt, body };
}
