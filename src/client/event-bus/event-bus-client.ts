import { isUtf8 } from 'node:buffer';
import { isJsonValue } from '../../core/json-value-end.js';
import { STREAM_SUBJECT_PREFIX } from '../../core/subject.js';
import type { ClientCredentials } from '../client-credentials.js';
import { activeHeaders, ClientSpan, describePublish } from '../client-span.js';
import { type AnswerBody, readAnswer, readEvents, readStream, readTaken } from './answer.js';
import { EventBusError } from './event-bus-error.js';
import { type EventBusTls, LineConnection } from './line-connection.js';
import type {
  EventBusEvent,
  EventBusListOptions,
  EventBusStatus,
  EventBusStream,
  EventBusTaken,
  EventBusTakeOptions,
} from './messages.js';

export interface EventBusConnectOptions {
  /** `host:port`; an IPv6 host in brackets. */
  readonly address: string;
  /** Sent with every request that needs them. */
  readonly credentials?: ClientCredentials;
  /** Without it the connection is not encrypted. */
  readonly tls?: EventBusTls;
  /**
   * How long connecting and each answer may take; by default 30,000 ms. A server that is later than that loses the
   * connection. 0: no limit.
   */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * One connection of the TCP event bus, to Waybill or to the original server. Requests are sent at once, any number of them
 * before the first answer, and carried out in their order; bound how many are under way to bound memory. Every method fails
 * with EventBusError.
 */
export class EventBusClient {
  readonly #connection: LineConnection;
  /** With the comma before it. */
  readonly #auth: string;

  private constructor(connection: LineConnection, credentials: ClientCredentials | undefined) {
    this.#connection = connection;
    this.#auth =
      credentials === undefined
        ? ''
        : `,"auth":${JSON.stringify({ client_id: credentials.clientId, client_secret: credentials.clientSecret })}`;
  }

  /** @throws EventBusError with the operation `connect` */
  static async connect(options: EventBusConnectOptions): Promise<EventBusClient> {
    const { address, credentials, tls, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const { host, port } = parseAddress(address);
    try {
      const connection = await LineConnection.open({ host, port, tls, timeoutMs });
      return new EventBusClient(connection, credentials);
    } catch (error) {
      throw unanswered('connect', error);
    }
  }

  /** Resolves when the connection is closed, from whichever side. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  async health(): Promise<void> {
    await this.#request('health', ['{"operation":"health"}\n'], nothing);
  }

  /** @param options.eventTtlSeconds an extra of Waybill: life of its events, 0 for no end */
  async createStream(
    name: string,
    { eventTtlSeconds }: { readonly eventTtlSeconds?: number } = {},
  ): Promise<EventBusStream> {
    return this.#authorized('create_stream', { stream_name: name, event_ttl_seconds: eventTtlSeconds }, readStream);
  }

  /** Removes the stream with its events. */
  async deleteStream(name: string): Promise<void> {
    return this.#authorized('delete_stream', { stream_name: name }, nothing);
  }

  async getStreamInfo(name: string): Promise<EventBusStream> {
    return this.#authorized('get_stream_info', { stream_name: name }, readStream);
  }

  /** The events of a stream, whatever their status, in the order of their creation. */
  async getStreamEvents(name: string, options: EventBusListOptions = {}): Promise<readonly EventBusEvent[]> {
    return this.#authorized('get_stream_events', listBody(name, options), readEvents);
  }

  /**
   * Resolves when the event is stored.
   *
   * @param event one JSON value, sent as it is but for line breaks between its tokens, which become spaces
   */
  async writeEvent(name: string, event: Uint8Array | string): Promise<void> {
    const body = jsonLine(event);
    const span = ClientSpan.start(describePublish([{ subject: `${STREAM_SUBJECT_PREFIX}${name}` }]));
    const envelope = `"operation":"write_event"${this.#auth}${traceMembers(span.headers())}`;
    const head = `{${envelope},"body":{"stream_name":${JSON.stringify(name)},"event":`;
    return span.around(() => this.#request('write_event', [head, body, '}}\n'], nothing));
  }

  /** The events with status 0, oldest first. */
  async processEvents(name: string, options: EventBusTakeOptions = {}): Promise<EventBusTaken> {
    return this.#authorized('process_events', listBody(name, options), readTaken);
  }

  /** The events with status 2, oldest first. */
  async retryEvents(name: string, options: EventBusTakeOptions = {}): Promise<EventBusTaken> {
    return this.#authorized('retry_events', listBody(name, options), readTaken);
  }

  /** @param options.leaseId an extra of Waybill: only if the event is still under this lease */
  async markEvent(
    eventId: string,
    status: EventBusStatus,
    { leaseId }: { readonly leaseId?: string } = {},
  ): Promise<void> {
    return this.#authorized('mark_event', { event_id: eventId, status, lease_id: leaseId }, nothing);
  }

  /** Asks the server to close the connection; resolves when it is closed and all earlier requests are answered. */
  async exit(): Promise<void> {
    await this.#request('exit', ['{"operation":"exit"}\n'], nothing);
    await this.#connection.closed;
  }

  /** Closes the connection at once; requests without an answer fail. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #authorized<T>(operation: string, body: object, read: (body: AnswerBody) => T): Promise<T> {
    return this.#request(
      operation,
      [`{"operation":"${operation}"${this.#auth}${traceMembers(activeHeaders())},"body":${JSON.stringify(body)}}\n`],
      read,
    );
  }

  async #request<T>(operation: string, line: readonly (string | Buffer)[], read: (body: AnswerBody) => T): Promise<T> {
    let answer: Buffer;
    try {
      answer = await this.#connection.send(line);
    } catch (error) {
      throw unanswered(operation, error);
    }
    return readAnswer(operation, answer, read);
  }
}

function nothing(): void {}

/** An extra of Waybill, which the original server passes over. With the comma before it; empty when nothing is traced. */
function traceMembers(context: ReadonlyMap<string, string>): string {
  const traceparent = context.get('traceparent');
  if (traceparent === undefined) return '';
  return `,${JSON.stringify({ traceparent, tracestate: context.get('tracestate') }).slice(1, -1)}`;
}

function listBody(name: string, { limit, after, leaseSeconds }: EventBusTakeOptions): object {
  // Those that are undefined are left out, as JSON does.
  return { stream_name: name, limit, after, lease_seconds: leaseSeconds };
}

/**
 * The value in one line. It must be valid: anything else could end the request early and begin another one.
 *
 * @throws EventBusError
 */
function jsonLine(event: Uint8Array | string): Buffer {
  const bytes = Buffer.from(event);
  if (!isUtf8(bytes) || !isJsonValue(bytes)) {
    const cause = new SyntaxError('the event is not one JSON value in UTF-8');
    throw new EventBusError('write_event', cause.message, false, { cause });
  }
  // In valid JSON they stand between tokens only.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0x0a || bytes[at] === 0x0d) bytes[at] = 0x20;
  return bytes;
}

function unanswered(operation: string, error: unknown): EventBusError {
  return new EventBusError(operation, error instanceof Error ? error.message : String(error), false, { cause: error });
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(address);
  const host = match?.groups?.['ipv6'] ?? match?.groups?.['host'];
  const port = Number(match?.groups?.['port']);
  if (host === undefined || port > 65_535) {
    throw new EventBusError('connect', `"${address}" is not an address such as 127.0.0.1:8080`, false);
  }
  return { host, port };
}
