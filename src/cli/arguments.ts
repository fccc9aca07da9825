import { InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../config/duration.js';
import { parseSize } from '../config/size.js';
import type { SubscribeFrom } from '../client/index.js';

/** Parsers of arguments and flags; what they refuse is shown as a usage error of that argument. */

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError('Not a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('Must be at least 1.');
  return value;
}

/** A share from 0 to 1, of a percentage such as `5%` or `0.5%`. */
export function share(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (number === undefined || Number(number) > 100) throw new InvalidArgumentError('Not a percentage such as 5%.');
  return Number(number) / 100;
}

/** Milliseconds. */
export function durationMs(text: string): number {
  const value = parseDurationMs(text);
  if (value === undefined) throw new InvalidArgumentError('Not a duration such as 500ms, 90s or 7d.');
  return value;
}

/** Bytes. */
export function sizeBytes(text: string): number {
  const value = parseSize(text);
  if (value === undefined) throw new InvalidArgumentError('Not a size such as 100, 16KiB or 1MiB.');
  return value;
}

/** Microseconds since the Unix epoch: an ISO date, or a duration that is so long ago. */
export function pointInTime(text: string, nowMs: number = Date.now()): number {
  const ago = parseDurationMs(text);
  if (ago !== undefined) return (nowMs - ago) * 1000;
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(date)) throw new InvalidArgumentError('Not a time such as 2026-11-21T06:00:00Z or 15m (ago).');
  return date * 1000;
}

/** `new`, `earliest`, an id, a time, or `cursor:…`. */
export function startPosition(text: string): SubscribeFrom {
  if (text === 'new' || text === 'earliest') return text;
  if (text.startsWith('cursor:')) return { cursor: text.slice('cursor:'.length) };
  if (/^\d+$/.test(text)) return { afterId: positiveNumber(text) - 1 };
  return { timeUs: pointInTime(text) };
}

/** Collects `name:value` pairs of a flag that may be repeated. */
export function header(
  text: string,
  collected: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('Not of the form name:value.');
  return [...collected, [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]];
}
