const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** First size of the memory for a line that comes in pieces; doubled as the line grows. */
const FIRST_PARTIAL_BYTES = 4096;

/** Stands for a line that is longer than allowed; its bytes are gone. */
export const OVERLONG_LINE = Symbol('overlong line');

/**
 * Cuts a stream of bytes into lines, which end in `\n` or `\r\n`; empty ones are left out. Lines are pulled, so that
 * whoever is busy leaves the rest where it is. Each byte is looked at once and copied at most twice, however small the
 * pieces are that it comes in, and what waits for its newline is bounded by the longest line.
 *
 * A line beyond the limit is reported once, as soon as that is known, and the rest of it is dropped.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** What has arrived and was not looked at yet, from `#at` on. */
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The beginning of a line whose end has not arrived. */
  #partial: Buffer = Buffer.alloc(0);
  #partialLength = 0;
  /** Within the rest of an overlong line. */
  #dropping = false;
  #ended = false;

  /** @param maxLineBytes without what ends the line */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds bytes. A line may be a view of them. */
  push(chunk: Buffer): void {
    this.#chunk = this.#at === this.#chunk.length ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** Nothing will be added: what has no newline is the last line. */
  end(): void {
    this.#ended = true;
  }

  /** The next line, or undefined when more bytes are needed. */
  next(): Buffer | typeof OVERLONG_LINE | undefined {
    while (this.#at < this.#chunk.length) {
      const newline = this.#chunk.indexOf(NEWLINE, this.#at);
      const end = newline < 0 ? this.#chunk.length : newline;
      const piece = this.#chunk.subarray(this.#at, end);
      this.#at = newline < 0 ? end : end + 1;
      const line = newline < 0 ? this.#keep(piece) : this.#complete(piece);
      if (line !== undefined) return line;
    }
    return this.#ended && !this.#dropping ? this.#lastLine() : undefined;
  }

  /** The last piece of a line. */
  #complete(piece: Buffer): Buffer | typeof OVERLONG_LINE | undefined {
    if (this.#dropping) {
      this.#dropping = false;
      return undefined;
    }
    if (this.#partialLength === 0) return this.#checked(piece);
    if (this.#append(piece) === OVERLONG_LINE) {
      this.#dropping = false;
      return OVERLONG_LINE;
    }
    return this.#lastLine();
  }

  /** A piece of a line whose end has not arrived. */
  #keep(piece: Buffer): typeof OVERLONG_LINE | undefined {
    return this.#dropping ? undefined : this.#append(piece);
  }

  #lastLine(): Buffer | typeof OVERLONG_LINE | undefined {
    if (this.#partialLength === 0) return undefined;
    const line = this.#partial.subarray(0, this.#partialLength);
    // The line is a view, so the next one needs other memory.
    this.#forget();
    return this.#checked(line);
  }

  #checked(line: Buffer): Buffer | typeof OVERLONG_LINE | undefined {
    const length = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    if (length > this.#maxLineBytes) return OVERLONG_LINE;
    return length === 0 ? undefined : line.subarray(0, length);
  }

  #append(piece: Buffer): typeof OVERLONG_LINE | undefined {
    const length = this.#partialLength + piece.length;
    // One more, which may be the carriage return of the line's end.
    if (length > this.#maxLineBytes + 1) {
      this.#forget();
      this.#dropping = true;
      return OVERLONG_LINE;
    }
    if (length > this.#partial.length) {
      const size = Math.max(length, this.#partial.length * 2, FIRST_PARTIAL_BYTES);
      const grown = Buffer.allocUnsafeSlow(Math.min(size, this.#maxLineBytes + 1));
      this.#partial.copy(grown, 0, 0, this.#partialLength);
      this.#partial = grown;
    }
    piece.copy(this.#partial, this.#partialLength);
    this.#partialLength = length;
    return undefined;
  }

  #forget(): void {
    this.#partial = Buffer.alloc(0);
    this.#partialLength = 0;
  }
}
