import { BrokerError } from '../core/errors.js';
import type { Duration__Output } from './generated/google/protobuf/Duration.js';
import type { Timestamp__Output } from './generated/google/protobuf/Timestamp.js';

/** Seconds that a `google.protobuf.Timestamp` may have: years 1 to 9999. */
const MIN_TIMESTAMP_SECONDS = -62_135_596_800;
const MAX_TIMESTAMP_SECONDS = 253_402_300_799;
const MAX_NANOS = 999_999_999;

/** A uint64 field as a number: Infinity beyond 2^53, which no id ever reaches, so that it never names another one. */
export function idFrom(field: string | number): number {
  const id = Number(field);
  return Number.isSafeInteger(id) ? id : Number.POSITIVE_INFINITY;
}

/** A uint64 field that must be a position in a subject. @throws BrokerError ID_OUT_OF_RANGE beyond 2^53 */
export function positionFrom(name: string, field: string | number): number {
  const id = idFrom(field);
  if (id === Number.POSITIVE_INFINITY) throw new BrokerError('ID_OUT_OF_RANGE', `${name} is beyond 2^53`);
  return id;
}

/** Microseconds since the epoch, 0 for anything before it. @throws BrokerError ARGUMENT_INVALID */
export function timeUsFrom(name: string, timestamp: Timestamp__Output): number {
  const seconds = Number(timestamp.seconds);
  const { nanos } = timestamp;
  if (seconds < MIN_TIMESTAMP_SECONDS || seconds > MAX_TIMESTAMP_SECONDS || nanos < 0 || nanos > MAX_NANOS) {
    throw new BrokerError('ARGUMENT_INVALID', `${name} is not a valid timestamp`);
  }
  // Rounded up: "from this time on" must not bring what lies before it.
  return Math.min(Math.max(0, seconds * 1_000_000 + Math.ceil(nanos / 1000)), Number.MAX_SAFE_INTEGER);
}

/** Milliseconds of a duration. @throws BrokerError ARGUMENT_INVALID outside of `minMs` to `maxMs` */
export function durationMsFrom(name: string, duration: Duration__Output, minMs: number, maxMs: number): number {
  const ms = Number(duration.seconds) * 1000 + duration.nanos / 1_000_000;
  if (Math.abs(duration.nanos) > MAX_NANOS || ms < minMs || ms > maxMs) {
    throw new BrokerError('ARGUMENT_INVALID', `${name} must be from ${minMs} ms to ${maxMs} ms`);
  }
  return ms;
}
