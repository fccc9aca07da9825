import { afterColon, jsonValueEnd, skipSpace, stringEnd } from '../../core/json-value-end.js';
import { textOf, type JsonSpan } from './json-span.js';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Names of members that somebody asks for. */
export class MemberNames<Name extends string> {
  readonly #names: readonly { readonly name: Name; readonly bytes: Buffer }[];

  constructor(...names: readonly Name[]) {
    this.#names = names.map((name) => ({ name, bytes: Buffer.from(name) }));
  }

  /** The name that the string at `start` spells, quotes included; undefined when it is none of these. */
  find(bytes: Buffer, start: number, end: number): Name | undefined {
    for (const { name, bytes: spelled } of this.#names) {
      if (spelled.length === end - start - 2 && isAt(bytes, start + 1, spelled)) return name;
    }
    // A key may spell any of its characters as an escape.
    if (!bytes.subarray(start, end).includes(BACKSLASH)) return undefined;
    const text = textOf(bytes, { start, end });
    return this.#names.find(({ name }) => name === text)?.name;
  }
}

/** The members that were asked for and are there; of several with one name the last. */
export type Members<Name extends string> = { readonly [N in Name]?: JsonSpan };

export interface JsonObject<Name extends string> {
  readonly members: Members<Name>;
  readonly end: number;
}

/** Reads the JSON object that begins at `at`; undefined when there is none. */
export function readObject<Name extends string>(
  bytes: Buffer,
  at: number,
  names: MemberNames<Name>,
): JsonObject<Name> | undefined {
  if (bytes[at] !== OPEN_BRACE) return undefined;
  const members: { [N in Name]?: JsonSpan } = {};
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACE) return { members, end: at + 1 };
  for (;;) {
    const keyEnd = stringEnd(bytes, at);
    const start = keyEnd < 0 ? -1 : afterColon(bytes, keyEnd);
    const end = start < 0 ? -1 : jsonValueEnd(bytes, start);
    if (end < 0) return undefined;
    const name = names.find(bytes, at, keyEnd);
    if (name !== undefined) members[name] = { start, end };
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return { members, end: at + 1 };
    if (bytes[at] !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
  }
}

function isAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false;
  return true;
}
