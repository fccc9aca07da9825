const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const LOWER_N = 0x6e;

/** Digits of the largest safe integer. */
const MAX_DIGITS = 16;

/** A valid JSON value among other bytes. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

export function isNull(bytes: Buffer, span: JsonSpan): boolean {
  return bytes[span.start] === LOWER_N;
}

/** The text of a JSON string; undefined for a value of another type. */
export function textOf(bytes: Buffer, { start, end }: JsonSpan): string | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  for (let at = start + 1; at < end - 1; at++) {
    if (bytes[at] === BACKSLASH) return JSON.parse(bytes.toString('utf8', start, end)) as string;
  }
  return bytes.toString('utf8', start + 1, end - 1);
}

/**
 * The value of a JSON number that is written as digits and nothing else, as typed readers demand of an unsigned integer;
 * undefined for any other value, and beyond the safe integers.
 */
export function unsignedOf(bytes: Buffer, { start, end }: JsonSpan): number | undefined {
  if (end - start > MAX_DIGITS) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}
