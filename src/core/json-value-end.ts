/**
 * Deepest nesting of arrays and objects. Readers written in Go stop at 10,000, and an answer holds an event two levels
 * deeper than the request did.
 */
export const MAX_NESTING = 9_900;

/** Deepest nesting of an answer that holds such an event. */
export const MAX_ANSWER_NESTING = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Bytes of a string that stand for themselves; those of multi-byte characters are checked elsewhere. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const SPACE = byteSet(' \t\r\n');
const DIGIT = byteSet('0123456789');
const HEX_DIGIT = byteSet('0123456789abcdefABCDEF');
const EXPONENT = byteSet('eE');
const SIGN = byteSet('+-');
const SHORT_ESCAPE = byteSet('"\\/bfnrt');
const LITERALS = new Map(['true', 'false', 'null'].map((text) => [text.charCodeAt(0), Buffer.from(text)]));

/** What the value under the cursor is inside of: 1 for an object, 0 for an array. No call is ever inside another. */
const containers = new Uint8Array(MAX_ANSWER_NESTING);

function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) set[byte] = 1;
  return set;
}

/**
 * Where the JSON value that begins at `at` (RFC 8259, without space before it) ends, or -1 when there is none. Nothing is
 * built from it: a value is only ever handed on, byte for byte. UTF-8 is not checked.
 *
 * @param maxNesting at most MAX_ANSWER_NESTING; a value that is nested deeper counts as none
 */
export function jsonValueEnd(bytes: Uint8Array, at: number, maxNesting = MAX_NESTING): number {
  let depth = 0;
  for (;;) {
    const first = bytes[at];
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (depth === maxNesting) return -1;
      const isObject = first === OPEN_BRACE;
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        containers[depth++] = isObject ? 1 : 0;
        if (isObject) at = memberValueStart(bytes, at);
        if (at < 0) return -1;
        continue;
      }
      at++;
    } else {
      at = first === QUOTE ? stringEnd(bytes, at) : scalarEnd(bytes, at);
      if (at < 0) return -1;
    }
    // A value has ended; so may the containers around it.
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at);
      const isObject = containers[depth - 1] === 1;
      if (bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1);
        if (isObject) at = memberValueStart(bytes, at);
        if (at < 0) return -1;
        break;
      }
      if (bytes[at] !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return -1;
      at++;
      depth--;
    }
  }
}

/** Whether the bytes are one JSON value, with or without space around it. UTF-8 is not checked. */
export function isJsonValue(bytes: Uint8Array): boolean {
  const end = jsonValueEnd(bytes, skipSpace(bytes, 0));
  return end >= 0 && skipSpace(bytes, end) === bytes.length;
}

/** The first byte from `at` that is no space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && SPACE[bytes[at]!] === 1) at++;
  return at;
}

/** Where the string whose quote is at `at` ends, after its last quote; -1 when it is not one. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return -1;
  at++;
  for (;;) {
    while (at < bytes.length && PLAIN[bytes[at]!] === 1) at++;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return -1;
    if (has(SHORT_ESCAPE, bytes[at + 1])) {
      at += 2;
      continue;
    }
    if (bytes[at + 1] !== 0x75) return -1;
    for (let digit = at + 2; digit < at + 6; digit++) if (!has(HEX_DIGIT, bytes[digit])) return -1;
    at += 6;
  }
}

/** After the colon (and space) that follows the key whose string ends at `at`; -1 when there is none. */
export function afterColon(bytes: Uint8Array, at: number): number {
  at = skipSpace(bytes, at);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : -1;
}

/** From the key of a member to its value. */
function memberValueStart(bytes: Uint8Array, at: number): number {
  const keyEnd = stringEnd(bytes, at);
  return keyEnd < 0 ? -1 : afterColon(bytes, keyEnd);
}

function scalarEnd(bytes: Uint8Array, at: number): number {
  const literal = LITERALS.get(bytes[at] ?? 0);
  if (literal === undefined) return numberEnd(bytes, at);
  for (let index = 1; index < literal.length; index++) if (bytes[at + index] !== literal[index]) return -1;
  return at + literal.length;
}

function numberEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === MINUS) at++;
  if (bytes[at] === ZERO) at++;
  else at = digitsEnd(bytes, at);
  if (at >= 0 && bytes[at] === POINT) at = digitsEnd(bytes, at + 1);
  if (at >= 0 && has(EXPONENT, bytes[at])) at = digitsEnd(bytes, has(SIGN, bytes[at + 1]) ? at + 2 : at + 1);
  return at;
}

/** The end of one digit or more. */
function digitsEnd(bytes: Uint8Array, at: number): number {
  if (!has(DIGIT, bytes[at])) return -1;
  while (has(DIGIT, bytes[at])) at++;
  return at;
}

function has(set: Uint8Array, byte: number | undefined): boolean {
  return byte !== undefined && set[byte] === 1;
}
