import { BrokerError } from '../core/errors.js';

/** What an event id says. */
export interface EventAddress {
  /** The first four groups of the stream's UUID; no two streams of a storage have the same. */
  readonly streamPrefix: string;
  readonly messageId: number;
}

const UUID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})-([0-9a-f]{12})$/i;

/** First four groups of a UUID in text. */
const PREFIX_LENGTH = 23;

export function streamPrefix(streamId: string): string {
  return streamId.slice(0, PREFIX_LENGTH);
}

/**
 * The id of an event: the UUID of its stream with the last group, 48 bits, replaced by the message id in hexadecimal. So
 * an event is found by its id without an index that every write would have to pay for, and whoever subscribes to the
 * stream's subject can tell the ids of the events. The version stays 4, which is what clients of the event bus have
 * always got and may check.
 */
export function eventIdOf(streamId: string, messageId: number): string {
  return `${streamPrefix(streamId)}-${messageId.toString(16).padStart(12, '0')}`;
}

/** Undefined when the text is no event id. */
export function parseEventId(eventId: string): EventAddress | undefined {
  const match = UUID.exec(eventId);
  if (match === null) return undefined;
  const messageId = Number.parseInt(match[2] ?? '', 16);
  if (messageId === 0) return undefined;
  return { streamPrefix: (match[1] ?? '').toLowerCase(), messageId };
}

export function eventNotFound(eventId: string): BrokerError {
  return new BrokerError('EVENT_NOT_FOUND', `event '${eventId}' not found`, { fields: { event_id: eventId } });
}
