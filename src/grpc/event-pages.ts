import { checkPageSize } from '../broker/listing.js';
import { BrokerError } from '../core/errors.js';
import type { EventQuery, EventSelection, RETRY, Stream, Streams, UNPROCESSED } from '../streams/streams.js';
import { decodeEventPageToken, encodeEventPageToken } from './event-page-token.js';
import type { ListEventsRequest__Output } from './generated/waybill/v1/ListEventsRequest.js';
import type { ListEventsResponse } from './generated/waybill/v1/ListEventsResponse.js';
import type { ProcessEventsRequest__Output } from './generated/waybill/v1/ProcessEventsRequest.js';
import type { ProcessEventsResponse } from './generated/waybill/v1/ProcessEventsResponse.js';
import { leaseDurationUsFrom, toWireEvent, toWireLease } from './stream-messages.js';

/**
 * One page of the events of a stream.
 *
 * @throws BrokerError ARGUMENT_INVALID, CURSOR_MALFORMED, EVENT_NOT_FOUND
 */
export async function readEventPage(
  streams: Streams,
  stream: Stream,
  selection: EventSelection,
  request: ListEventsRequest__Output,
): Promise<ListEventsResponse> {
  const { events, next, upTo } = await streams.read(stream, selection, queryOf(streams, stream, selection, request));
  return {
    events: events.map((event) => toWireEvent(stream.id, event)),
    nextPageToken: next === undefined ? '' : encodeEventPageToken(stream.id, selection, { after: next, upTo }),
  };
}

/**
 * One page of the events of this status, or a lease of them when the request asks for that.
 *
 * @throws BrokerError ARGUMENT_INVALID, CURSOR_MALFORMED, EVENT_NOT_FOUND
 */
export async function takeEvents(
  streams: Streams,
  stream: Stream,
  status: typeof UNPROCESSED | typeof RETRY,
  request: ProcessEventsRequest__Output,
): Promise<ProcessEventsResponse> {
  if (request.leaseDuration === null) return readEventPage(streams, stream, status, request);
  if (request.pageToken !== '') {
    throw new BrokerError('ARGUMENT_INVALID', 'page_token does not go with lease_duration');
  }
  const durationUs = leaseDurationUsFrom('lease_duration', request.leaseDuration);
  const { after, limit } = queryOf(streams, stream, status, request);
  const { events, lease } = await streams.lease(stream, status, { limit, durationUs, after });
  return {
    events: events.map((event) => toWireEvent(stream.id, event)),
    ...(lease === undefined ? {} : { lease: toWireLease(lease) }),
  };
}

function queryOf(
  streams: Streams,
  stream: Stream,
  selection: EventSelection,
  { pageSize, pageToken, afterEventId }: ListEventsRequest__Output,
): EventQuery {
  const limit = checkPageSize(pageSize);
  if (pageToken === '') {
    return { after: afterEventId === '' ? 0 : streams.position(stream, afterEventId), limit };
  }
  if (afterEventId !== '') throw new BrokerError('ARGUMENT_INVALID', 'after_event_id does not go with page_token');
  return { ...decodeEventPageToken(stream.id, selection, pageToken), limit };
}
