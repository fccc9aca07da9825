import type { Access } from '../auth/access.js';
import { NO_HEADERS } from '../core/message.js';
import type { Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import { subjectOfStream } from '../streams/stream-name.js';
import { RETRY, type Streams, UNPROCESSED } from '../streams/streams.js';
import { checkEventBody } from './event-body.js';
import { readEventPage, takeEvents } from './event-pages.js';
import type { CreateStreamRequest__Output } from './generated/waybill/v1/CreateStreamRequest.js';
import type { CreateStreamResponse } from './generated/waybill/v1/CreateStreamResponse.js';
import type { DeleteStreamRequest__Output } from './generated/waybill/v1/DeleteStreamRequest.js';
import type { DeleteStreamResponse } from './generated/waybill/v1/DeleteStreamResponse.js';
import type { ExtendLeaseRequest__Output } from './generated/waybill/v1/ExtendLeaseRequest.js';
import type { ExtendLeaseResponse } from './generated/waybill/v1/ExtendLeaseResponse.js';
import type { GetStreamRequest__Output } from './generated/waybill/v1/GetStreamRequest.js';
import type { GetStreamResponse } from './generated/waybill/v1/GetStreamResponse.js';
import type { ListEventsRequest__Output } from './generated/waybill/v1/ListEventsRequest.js';
import type { ListEventsResponse } from './generated/waybill/v1/ListEventsResponse.js';
import type { ListStreamsRequest__Output } from './generated/waybill/v1/ListStreamsRequest.js';
import type { ListStreamsResponse } from './generated/waybill/v1/ListStreamsResponse.js';
import type { MarkEventRequest__Output } from './generated/waybill/v1/MarkEventRequest.js';
import type { MarkEventResponse } from './generated/waybill/v1/MarkEventResponse.js';
import type { ProcessEventsRequest__Output } from './generated/waybill/v1/ProcessEventsRequest.js';
import type { ProcessEventsResponse } from './generated/waybill/v1/ProcessEventsResponse.js';
import type { ReleaseLeaseRequest__Output } from './generated/waybill/v1/ReleaseLeaseRequest.js';
import type { ReleaseLeaseResponse } from './generated/waybill/v1/ReleaseLeaseResponse.js';
import type { RetryEventsRequest__Output } from './generated/waybill/v1/RetryEventsRequest.js';
import type { RetryEventsResponse } from './generated/waybill/v1/RetryEventsResponse.js';
import type { WriteEventRequest__Output } from './generated/waybill/v1/WriteEventRequest.js';
import type { WriteEventResponse } from './generated/waybill/v1/WriteEventResponse.js';
import { ProtoCodec } from './proto-codec.js';
import { startPublish, withSpan } from './publish-tracing.js';
import type { RpcContext, RpcMethod, ServiceMethods } from './rpc-call.js';
import { eventStatusFrom, eventTtlUsFrom, leaseDurationUsFrom, toWireLease, toWireStream } from './stream-messages.js';
import { readStreamPage } from './stream-pages.js';
import { secondsAndNanos } from './time-fields.js';

export const STREAM_SERVICE = 'waybill.v1.StreamService';

export interface StreamServiceOptions {
  readonly streams: Streams;
  readonly maxEventBytes: number;
  /** Undefined: nobody is limited. */
  readonly limiter?: PublishLimiter | undefined;
  readonly tracing?: Tracing | undefined;
}

/** `waybill.v1.StreamService`. Every method asks for the permission before it looks at anything. */
export function streamMethods({ streams, maxEventBytes, limiter, tracing }: StreamServiceOptions): ServiceMethods {
  return {
    CreateStream: method<CreateStreamRequest__Output, CreateStreamResponse>(
      'CreateStream',
      async ({ streamName, eventTtl }, { access }) => {
        access.require('create_stream', subjectOfStream(streamName));
        const options = eventTtl === null ? {} : { eventTtlUs: eventTtlUsFrom(eventTtl) };
        return { stream: toWireStream(await streams.create(streamName, options)) };
      },
    ),
    DeleteStream: method<DeleteStreamRequest__Output, DeleteStreamResponse>(
      'DeleteStream',
      async ({ streamName }, { access }) => {
        access.require('delete_stream', subjectOfStream(streamName));
        await streams.delete(streamName);
        return {};
      },
    ),
    GetStream: method<GetStreamRequest__Output, GetStreamResponse>('GetStream', async ({ streamName }, { access }) => {
      access.require('get_stream_info', subjectOfStream(streamName));
      return { stream: toWireStream(await streams.get(streamName)) };
    }),
    ListStreams: method<ListStreamsRequest__Output, ListStreamsResponse>('ListStreams', (request, { access }) =>
      readStreamPage(streams, access, request),
    ),
    WriteEvent: method<WriteEventRequest__Output, WriteEventResponse>(
      'WriteEvent',
      async ({ streamName, body }, context) => {
        const { access, deadlineMs } = context;
        const subject = subjectOfStream(streamName);
        const span = startPublish(tracing, context, [{ subject, headers: NO_HEADERS }]);
        return withSpan(span, async () => {
          access.require('write_event', subject);
          checkEventBody(body, maxEventBytes);
          limiter?.take(context, body.length);
          const { id, createdTimeUs, messageId } = await streams.write(streamName, body, { deadlineMs, span });
          return { eventId: id, createTime: secondsAndNanos(createdTimeUs), messageId };
        });
      },
      { tracesItself: true },
    ),
    ListEvents: method<ListEventsRequest__Output, ListEventsResponse>('ListEvents', async (request, { access }) => {
      access.require('get_stream_events', subjectOfStream(request.streamName));
      return readEventPage(streams, await streams.get(request.streamName), 'all', request);
    }),
    ProcessEvents: method<ProcessEventsRequest__Output, ProcessEventsResponse>(
      'ProcessEvents',
      async (request, { access }) => {
        access.require('process_events', subjectOfStream(request.streamName));
        return takeEvents(streams, await streams.get(request.streamName), UNPROCESSED, request);
      },
    ),
    RetryEvents: method<RetryEventsRequest__Output, RetryEventsResponse>('RetryEvents', async (request, { access }) => {
      access.require('retry_events', subjectOfStream(request.streamName));
      return takeEvents(streams, await streams.get(request.streamName), RETRY, request);
    }),
    MarkEvent: method<MarkEventRequest__Output, MarkEventResponse>(
      'MarkEvent',
      async ({ eventId, status, leaseId }, { access }) => {
        // Whose event it is shows only when it is found; nobody else learns whether it exists.
        access.requireAny('mark_event');
        const to = eventStatusFrom(status);
        const event = await streams.findEvent(eventId);
        access.requireUnnamed('mark_event', event.stream.subject);
        await streams.mark(event, to, { leaseId: leaseId === '' ? undefined : leaseId });
        return {};
      },
    ),
    ExtendLease: method<ExtendLeaseRequest__Output, ExtendLeaseResponse>(
      'ExtendLease',
      async ({ streamName, leaseId, duration }, { access }) => {
        requireLeasing(access, subjectOfStream(streamName));
        const durationUs = leaseDurationUsFrom('duration', duration);
        return { lease: toWireLease(await streams.extendLease(await streams.get(streamName), leaseId, durationUs)) };
      },
    ),
    ReleaseLease: method<ReleaseLeaseRequest__Output, ReleaseLeaseResponse>(
      'ReleaseLease',
      async ({ streamName, leaseId }, { access }) => {
        requireLeasing(access, subjectOfStream(streamName));
        await streams.releaseLease(await streams.get(streamName), leaseId);
        return {};
      },
    ),
  };
}

/** A method whose messages are called by its name. */
function method<Request extends object, Response extends object>(
  name: string,
  handler: (request: Request, context: RpcContext) => Promise<Response>,
  options: Pick<RpcMethod, 'tracesItself'> = {},
): RpcMethod {
  const requests = new ProtoCodec<object, Request>(`waybill.v1.${name}Request`);
  const responses = new ProtoCodec<Response, object>(`waybill.v1.${name}Response`);
  return {
    ...options,
    kind: 'unary',
    handler: async (bytes, context) => responses.encode(await handler(requests.decode(bytes), context)),
  };
}

/** Whoever may be given a lease may keep it and give it back. @throws BrokerError ACTION_DENIED */
function requireLeasing(access: Access, subject: string): void {
  if (!access.allows('retry_events', subject)) access.require('process_events', subject);
}
