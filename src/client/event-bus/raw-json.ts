import { jsonValueEnd, MAX_ANSWER_NESTING, skipSpace } from '../../core/json-value-end.js';

const QUOTE = 0x22;
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

/** Where the value that begins at `from` ends. @throws SyntaxError */
function endOfValue(bytes: Buffer, from: number): number {
  const end = jsonValueEnd(bytes, from, MAX_ANSWER_NESTING);
  if (end < 0) throw new SyntaxError('a value is missing or broken');
  return end;
}
