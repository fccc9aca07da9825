import type { Access } from '../auth/access.js';
import { toBrokerError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { NO_HEADERS } from '../core/message.js';
import type { PublishSpan, TraceCarrier, TraceSpan, Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import { subjectOfStream } from '../streams/stream-name.js';
import {
  MAX_PAGE_EVENTS,
  PROCESSED,
  RETRY,
  UNPROCESSED,
  type EventReference,
  type EventStatus,
  type Stream,
  type Streams,
} from '../streams/streams.js';
import type { AnswerStream } from './answer-stream.js';
import { failure, missingFields, success, successWith, type Answer } from './answer.js';
import type { ConnectionOptions } from './connection-options.js';
import { BrokenAnswer, EventList } from './event-list.js';
import { streamJson } from './event-json.js';
import { failureReason } from './failure-reason.js';
import { readListQuery } from './list-query.js';
import type { StreamOperation } from './operations.js';
import { statusOutOfRange } from './refusals.js';
import { RequestBody } from './request-body.js';
import type { Request } from './request.js';
import { StreamAccess } from './stream-access.js';
import { timestampText } from './timestamp.js';

/** What a request named, as far as it has been read. */
interface Named {
  stream?: string;
  event?: string;
  readonly carrier: TraceCarrier | undefined;
  /** Of the request; a write begins its own, once it knows what it publishes to. */
  span: TraceSpan | PublishSpan | undefined;
}

type Handler = (body: RequestBody, access: Access, named: Named) => Promise<Answer>;

const SECOND_US = 1_000_000;

type StreamOperationsOptions = Pick<ConnectionOptions, 'streams' | 'logger' | 'limiter' | 'tracing'>;

/** The operations of one connection on streams and events. */
export class StreamOperations {
  readonly #streams: Streams;
  readonly #answers: AnswerStream;
  readonly #logger: Logger;
  readonly #limiter: PublishLimiter | undefined;
  readonly #tracing: Tracing | undefined;
  readonly #access = new StreamAccess();
  readonly #handlers: Readonly<Record<StreamOperation, Handler>> = {
    create_stream: (body, access, named) => this.#create(body, access, named),
    delete_stream: (body, access, named) => this.#delete(body, access, named),
    get_stream_info: (body, access, named) => this.#info(body, access, named),
    get_stream_events: (body, access, named) => this.#list(body, access, named),
    write_event: (body, access, named) => this.#write(body, access, named),
    process_events: (body, access, named) => this.#listByStatus('process_events', UNPROCESSED, body, access, named),
    retry_events: (body, access, named) => this.#listByStatus('retry_events', RETRY, body, access, named),
    mark_event: (body, access, named) => this.#mark(body, access, named),
  };
  /** Settles when the event of the last mark has been found, so that marks begin in the order of their requests. */
  #lastFound: Promise<unknown> = Promise.resolve();

  constructor({ streams, logger, limiter, tracing }: StreamOperationsOptions, answers: AnswerStream) {
    this.#streams = streams;
    this.#answers = answers;
    this.#logger = logger;
    this.#limiter = limiter;
    this.#tracing = tracing;
  }

  /** @throws BrokenAnswer when the answer has begun and cannot be completed; everything else is answered */
  async run(operation: StreamOperation, { line, body, carrier }: Request, access: Access): Promise<Answer> {
    if (body === undefined) return missingFields(operation);
    const writes = operation === 'write_event';
    const span = writes ? undefined : this.#tracing?.startCall({ system: 'event_bus', method: operation, carrier });
    const named: Named = { carrier, span };
    const handle = (): Promise<Answer> => this.#handlers[operation](new RequestBody(line, body), access, named);
    try {
      const answer = await (span === undefined ? handle() : span.run(handle));
      named.span?.end();
      return answer;
    } catch (error) {
      named.span?.end(toBrokerError(error));
      if (error instanceof BrokenAnswer) throw error;
      return failure(operation, failureReason(error, named, this.#logger));
    }
  }

  async #create(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    const ttl = body.optionalUnsigned('event_ttl_seconds');
    if (name === '') return missingFields('create_stream');
    this.#access.requireNew(access, name);
    const stream = await this.#streams.create(name, ttl === undefined ? {} : { eventTtlUs: ttl * SECOND_US });
    return successWith('create_stream', `{"stream":${streamJson(stream)}}`);
  }

  async #delete(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    this.#access.require(access, 'delete_stream', name);
    await this.#streams.delete(name);
    return success('delete_stream');
  }

  async #info(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    this.#access.require(access, 'get_stream_info', name);
    return successWith('get_stream_info', `{"stream":${streamJson(await this.#streams.get(name))}}`);
  }

  async #write(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    const event = body.json('event');
    const span = this.#tracing?.startPublish({
      carrier: named.carrier,
      messages: [{ subject: subjectOfStream(name), headers: NO_HEADERS }],
    });
    named.span = span;
    this.#access.require(access, 'write_event', name);
    this.#limiter?.take({ access, peer: '' }, event.length);
    await this.#streams.write(name, event, { span });
    return success('write_event');
  }

  async #mark(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const eventId = (named.event = body.text('event_id'));
    const status = body.uint8('status');
    const leaseId = body.optionalText('lease_id');
    if (!isEventStatus(status)) throw statusOutOfRange();
    const event = await this.#find(eventId);
    access.requireUnnamed('mark_event', event.stream.subject);
    await this.#streams.mark(event, status, { leaseId });
    return success('mark_event');
  }

  #find(eventId: string): Promise<EventReference> {
    const found = this.#streams.findEvent(eventId);
    const inTurn = this.#lastFound.then(() => found);
    const settled = (): void => {};
    this.#lastFound = inTurn.then(settled, settled);
    // Nobody waits for it while an earlier one is being looked for.
    found.catch(settled);
    return inTurn;
  }

  async #list(body: RequestBody, access: Access, named: Named): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    const { limit, after } = readListQuery(body, { leases: false });
    this.#access.require(access, 'get_stream_events', name);
    const stream = await this.#streams.get(name);
    const from = this.#position(stream, after, named);
    const list = this.#beginList('get_stream_events', stream);
    await list.writeAll(this.#streams, stream, { selection: 'all', after: from, limit });
    return { operation: 'get_stream_events', ok: true, text: ']}}\n' };
  }

  async #listByStatus(
    operation: 'process_events' | 'retry_events',
    status: typeof UNPROCESSED | typeof RETRY,
    body: RequestBody,
    access: Access,
    named: Named,
  ): Promise<Answer> {
    const name = (named.stream = body.text('stream_name'));
    const { limit, after, leaseUs } = readListQuery(body, { leases: true });
    this.#access.require(access, operation, name);
    const stream = await this.#streams.get(name);
    const from = this.#position(stream, after, named);
    const list = this.#beginList(operation, stream);
    if (leaseUs === undefined) {
      await list.writeAll(this.#streams, stream, { selection: status, after: from, limit });
      return { operation, ok: true, text: ']}}\n' };
    }
    const { events, lease } = await this.#streams.lease(stream, status, {
      limit: Math.min(limit, MAX_PAGE_EVENTS),
      durationUs: leaseUs,
      after: from,
    });
    list.write(events);
    if (lease === undefined) return { operation, ok: true, text: ']}}\n' };
    const granted = JSON.stringify({ id: lease.id, expires_at: timestampText(lease.expireTimeUs) });
    return { operation, ok: true, text: `],"lease":${granted}}}\n` };
  }

  #beginList(operation: StreamOperation, stream: Stream): EventList {
    return new EventList(this.#answers, `{"operation":"${operation}","status":true,"body":{"events":[`, stream);
  }

  /** The message id of the event that a list goes on after; 0 when it begins at the oldest. */
  #position(stream: Stream, after: string | undefined, named: Named): number {
    if (after === undefined) return 0;
    named.event = after;
    return this.#streams.position(stream, after);
  }
}

function isEventStatus(status: number): status is EventStatus {
  return status === UNPROCESSED || status === PROCESSED || status === RETRY;
}
