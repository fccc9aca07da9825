import { z } from 'zod';
import { parseAddress } from './address.js';
import { formatDurationMs, parseDurationMs } from './duration.js';
import { formatSize, parseSize } from './size.js';

/** A scalar as a file, a flag or the environment gives it. */
const scalar = z
  .union([z.string(), z.number()], { error: 'must be a single value' })
  .transform((value) => String(value).trim());

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** 0 is accepted although it is less than `min`. */
  readonly zero?: boolean;
}

function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return scalar.transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue(`${JSON.stringify(text)} is not ${expected}`);
    return z.NEVER;
  });
}

function bounded(
  parse: (text: string) => number | undefined,
  { expected, bounds, format }: { expected: string; bounds: Bounds; format: (value: number) => string },
) {
  return parsed(parse, expected).refine(
    (value) => (bounds.zero === true && value === 0) || (value >= bounds.min && value <= bounds.max),
    {
      error: `must be from ${format(bounds.min)} to ${format(bounds.max)}${bounds.zero === true ? ', or 0' : ''}`,
    },
  );
}

/** Milliseconds. */
export function duration(bounds: Bounds) {
  return bounded(parseDurationMs, {
    expected: 'a duration such as 500ms, 90s or 7d',
    bounds,
    format: formatDurationMs,
  });
}

/** Bytes. */
export function size(bounds: Bounds) {
  return bounded(parseSize, { expected: 'a size such as 65536, 64KiB or 4MiB', bounds, format: formatSize });
}

export function integer(bounds: Bounds) {
  return bounded((text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined), {
    expected: 'a whole number',
    bounds,
    format: String,
  });
}

/** From 0 to 1. */
export function ratio() {
  return bounded((text) => (/^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined), {
    expected: 'a number',
    bounds: { min: 0, max: 1 },
    format: String,
  });
}

export function address() {
  return parsed(parseAddress, 'an address such as 127.0.0.1:50043 or [::1]:50043');
}

/** An address, or undefined for `off`. */
export function addressOrOff() {
  return parsed(
    (text) => (text === 'off' ? ({ off: true } as const) : parseAddress(text)),
    'an address such as 127.0.0.1:2112, or off',
  ).transform((value) => ('off' in value ? undefined : value));
}

/** One of a few words; `absent` are words that have a meaning but not in this build, with what to say about them. */
export function oneOf<const T extends string>(words: readonly T[], absent: Readonly<Record<string, string>> = {}) {
  return scalar.transform((text, context): T => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    context.addIssue(absent[text] ?? `${JSON.stringify(text)} is not one of ${words.join(', ')}`);
    return z.NEVER;
  });
}

export function path() {
  return scalar.refine((text) => text.length > 0, { error: 'must not be empty' });
}

/** Any text that is not empty. */
export function text() {
  return scalar.refine((value) => value.length > 0, { error: 'must not be empty' });
}

/** Copies by data centre, as in `dc1:3,dc2:2`; undefined for `auto`. */
export function replication() {
  return parsed(parseReplication, 'auto or copies by data centre such as dc1:3,dc2:3').transform((copies) =>
    copies === 'auto' ? undefined : copies,
  );
}

function parseReplication(text: string): Readonly<Record<string, number>> | 'auto' | undefined {
  if (text === 'auto') return 'auto';
  const copies: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [, datacenter, number] = /^\s*([\w-]+):([1-9])\s*$/.exec(part) ?? [];
    if (datacenter === undefined) return undefined;
    copies[datacenter] = Number(number);
  }
  return copies;
}

/** A name for a schema or a keyspace that needs no quotes in any of them. */
export function name() {
  return scalar.refine((value) => /^[a-z][a-z0-9_]{0,47}$/.test(value), {
    error: 'must be lower-case letters, digits and _, beginning with a letter, at most 48',
  });
}

/** A URL of one of these schemes, written without `://`. */
export function url(schemes: readonly string[]) {
  return scalar.refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(', ')}`,
  });
}
