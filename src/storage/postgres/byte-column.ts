import { arrayOf } from './database.js';

/** Length of a text that is not there. */
const ABSENT = -1;

/**
 * Many byte strings as three parameters: all of them in one binary parameter, and where each begins (from 1, as
 * `substring` counts) and how long it is. The client library would send an array of them as hexadecimal text.
 */
export class ByteColumn {
  readonly #parts: Uint8Array[] = [];
  readonly #from: number[] = [];
  readonly #lengths: number[] = [];
  #end = 1;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#from.push(this.#end);
    this.#lengths.push(bytes.length);
    this.#end += bytes.length;
  }

  addText(text: string): void {
    this.add(Buffer.from(text));
  }

  addAbsent(): void {
    this.#from.push(this.#end);
    this.#lengths.push(ABSENT);
  }

  get from(): string {
    return arrayOf(this.#from);
  }

  get lengths(): string {
    return arrayOf(this.#lengths);
  }

  get bytes(): Buffer {
    const [only] = this.#parts;
    return this.#parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(this.#parts);
  }

  static ofTexts(texts: readonly string[]): ByteColumn {
    const column = new ByteColumn();
    for (const text of texts) column.addText(text);
    return column;
  }
}
