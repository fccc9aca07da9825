import { BrokerError } from '../core/errors.js';
import {
  type EventStatus,
  type Lease,
  MAX_LEASE_US,
  MIN_LEASE_US,
  PROCESSED,
  RETRY,
  type Stream,
  type StreamEvent,
  UNPROCESSED,
} from '../streams/streams.js';
import { durationMsFrom } from './field-values.js';
import type { Duration__Output } from './generated/google/protobuf/Duration.js';
import type { Event } from './generated/waybill/v1/Event.js';
import type { Lease as WireLease } from './generated/waybill/v1/Lease.js';
import type { Stream as WireStream } from './generated/waybill/v1/Stream.js';
import { secondsAndNanos } from './time-fields.js';

/** The values of `waybill.v1.StreamService` in and out of its messages. */

export function toWireStream({ id, name, createdTimeUs, eventTtlUs, subject }: Stream): WireStream {
  return {
    id,
    name,
    createTime: secondsAndNanos(createdTimeUs),
    ...(eventTtlUs === 0 ? {} : { eventTtl: secondsAndNanos(eventTtlUs) }),
    subject,
  };
}

const STATUS_NAMES = {
  [UNPROCESSED]: 'EVENT_STATUS_UNPROCESSED',
  [PROCESSED]: 'EVENT_STATUS_PROCESSED',
  [RETRY]: 'EVENT_STATUS_RETRY',
} as const satisfies Record<EventStatus, string>;

const STATUSES: ReadonlyMap<string | number, EventStatus> = new Map([
  [STATUS_NAMES[UNPROCESSED], UNPROCESSED],
  [STATUS_NAMES[PROCESSED], PROCESSED],
  [STATUS_NAMES[RETRY], RETRY],
]);

export function toWireEvent(streamId: string, event: StreamEvent): Event {
  const { id, status, createdTimeUs, body, messageId } = event;
  return { id, streamId, status: STATUS_NAMES[status], createTime: secondsAndNanos(createdTimeUs), body, messageId };
}

/** @param status the name of an enum value, or the number of one that this server does not know */
export function eventStatusFrom(status: string | number): EventStatus {
  const known = STATUSES.get(status);
  if (known === undefined) {
    throw new BrokerError('ARGUMENT_INVALID', `status must be one of ${Object.values(STATUS_NAMES).join(', ')}`);
  }
  return known;
}

export function toWireLease({ id, expireTimeUs }: Lease): WireLease {
  return { id, expireTime: secondsAndNanos(expireTimeUs) };
}

/** Microseconds. @throws BrokerError ARGUMENT_INVALID */
export function leaseDurationUsFrom(name: string, duration: Duration__Output | null): number {
  if (duration === null) throw new BrokerError('ARGUMENT_INVALID', `${name} is missing`);
  return Math.round(durationMsFrom(name, duration, MIN_LEASE_US / 1000, MAX_LEASE_US / 1000) * 1000);
}

const MAX_NANOS = 999_999_999;

/** Microseconds; 0 for a duration of nothing. @throws BrokerError TTL_OUT_OF_RANGE */
export function eventTtlUsFrom({ seconds, nanos }: Duration__Output): number {
  // Rounded up: the shortest life that was asked for is not one without an end.
  const ttlUs = Number(seconds) * 1_000_000 + Math.ceil(nanos / 1000);
  if (Math.abs(nanos) > MAX_NANOS || ttlUs < 0 || !Number.isSafeInteger(ttlUs)) {
    throw new BrokerError('TTL_OUT_OF_RANGE', 'event_ttl is no duration that an event can live');
  }
  return ttlUs;
}
