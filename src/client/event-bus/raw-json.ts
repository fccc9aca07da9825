const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * A JSON value as the bytes that it was sent in. Only what is asked for is read, so that what is inside comes out byte
 * for byte, large numbers and order of keys included.
 */
export class RawJson {
  /** @param bytes the value and nothing else, but for white space around it */
  constructor(readonly bytes: Buffer) {}

  /** What JSON.parse makes of it. @throws SyntaxError */
  parse(): unknown {
    return JSON.parse(this.bytes.toString());
  }

  /** The members of an object; of those with the same name the last one. @throws SyntaxError */
  members(): ReadonlyMap<string, RawJson> {
    const members = new Map<string, RawJson>();
    this.#walk(OPEN_OBJECT, CLOSE_OBJECT, (at) => {
      const nameEnd = endOfValue(this.bytes, at);
      const colon = skipSpace(this.bytes, nameEnd);
      if (this.bytes[at] !== QUOTE || this.bytes[colon] !== COLON) throw new SyntaxError('a member has no name');
      const valueAt = skipSpace(this.bytes, colon + 1);
      const valueEnd = endOfValue(this.bytes, valueAt);
      members.set(
        JSON.parse(this.bytes.toString('utf8', at, nameEnd)) as string,
        new RawJson(this.bytes.subarray(valueAt, valueEnd)),
      );
      return valueEnd;
    });
    return members;
  }

  /** @throws SyntaxError when it is no array */
  elements(): readonly RawJson[] {
    const elements: RawJson[] = [];
    this.#walk(OPEN_ARRAY, CLOSE_ARRAY, (at) => {
      const end = endOfValue(this.bytes, at);
      elements.push(new RawJson(this.bytes.subarray(at, end)));
      return end;
    });
    return elements;
  }

  /** @param item reads what begins at `at` and answers where it ends */
  #walk(open: number, close: number, item: (at: number) => number): void {
    const begin = skipSpace(this.bytes, 0);
    if (this.bytes[begin] !== open) throw new SyntaxError('not a value of this kind');
    let at = skipSpace(this.bytes, begin + 1);
    if (this.bytes[at] !== close) {
      for (;;) {
        at = skipSpace(this.bytes, item(at));
        if (this.bytes[at] !== COMMA) break;
        at = skipSpace(this.bytes, at + 1);
      }
    }
    if (this.bytes[at] !== close || skipSpace(this.bytes, at + 1) !== this.bytes.length) {
      throw new SyntaxError('the value does not end where it should');
    }
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** Where the value that begins at `from` ends; what is inside an object or array is not checked, only left out. */
function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth++;
      at++;
    } else if (depth === 0) return endOfLiteral(bytes, at);
    else {
      if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
      at++;
    }
    if (depth === 0) return at;
  }
  throw new SyntaxError('the value has no end');
}

function endOfString(bytes: Buffer, from: number): number {
  for (let quote = bytes.indexOf(QUOTE, from + 1); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  throw new SyntaxError('a string has no end');
}

/** A number, true, false or null. */
function endOfLiteral(bytes: Buffer, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (isSpace(byte) || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte === COLON) break;
  }
  if (at === from) throw new SyntaxError('a value is missing');
  return at;
}
