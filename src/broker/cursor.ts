import { crc32 } from 'node:zlib';
import { BrokerError } from '../core/errors.js';

/**
 * Where a subscription stands. Each subject listed has been delivered up to its id. Any other subject that the
 * subscription's patterns match has been delivered up to the time `settledUs`; 0 says that nothing but the subjects
 * listed has a position (a subscription without patterns).
 */
export interface Cursor {
  readonly epoch: string;
  readonly settledUs: number;
  readonly positions: ReadonlyMap<string, number>;
  readonly scan?: ScanPosition;
}

/**
 * How far a walk through the subjects of the patterns has come: those of earlier patterns, and those up to `after` of
 * the pattern number `pattern`, have been delivered up to `targetUs` instead of `settledUs`.
 */
export interface ScanPosition {
  readonly targetUs: number;
  readonly pattern: number;
  readonly after: string;
}

const VERSION = 1;
/** A cursor of 64 long subjects and many active ones stays far below this; what is longer was not made here. */
const MAX_CURSOR_CHARS = 1024 * 1024;
const CRC_BYTES = 4;

/** Opaque text: base64url of version, epoch, time and positions as varints, closed by a CRC-32 against truncation. */
export function encodeCursor(cursor: Cursor): string {
  const writer = new CursorWriter();
  writer.varint(VERSION);
  writer.text(cursor.epoch);
  writer.varint(cursor.settledUs);
  writer.varint(cursor.positions.size);
  for (const [subject, id] of cursor.positions) {
    writer.text(subject);
    writer.varint(id);
  }
  if (cursor.scan !== undefined) {
    writer.varint(cursor.scan.targetUs);
    writer.varint(cursor.scan.pattern);
    writer.text(cursor.scan.after);
  }
  return writer.finish();
}

/** Longest varint of a safe integer. */
const MAX_VARINT_BYTES = 8;

/** Every acknowledgement and every frame has a cursor: all are written into one buffer, which saves the garbage. */
let scratch = Buffer.allocUnsafe(1024);

class CursorWriter {
  #at = 0;

  varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    while (value >= 0x80) {
      scratch[this.#at++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    scratch[this.#at++] = value;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.varint(length);
    this.#reserve(length);
    this.#at += scratch.write(text, this.#at);
  }

  finish(): string {
    this.#reserve(CRC_BYTES);
    const end = scratch.writeUInt32LE(crc32(scratch.subarray(0, this.#at)), this.#at);
    return scratch.toString('base64url', 0, end);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= scratch.length) return;
    const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, this.#at + bytes));
    scratch.copy(larger, 0, 0, this.#at);
    scratch = larger;
  }
}

/** @throws BrokerError CURSOR_MALFORMED */
export function decodeCursor(text: string): Cursor {
  if (text.length > MAX_CURSOR_CHARS || !/^[A-Za-z0-9_-]+$/.test(text)) throw malformed();
  const bytes = Buffer.from(text, 'base64url');
  const end = bytes.length - CRC_BYTES;
  if (end < 1 || bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end)) || bytes[0] !== VERSION) throw malformed();
  const reader = new CursorReader(bytes.subarray(0, end), 1);
  const epoch = reader.text();
  const settledUs = reader.varint();
  const positions = new Map<string, number>();
  for (let count = reader.varint(); count > 0; count--) positions.set(reader.text(), reader.varint());
  if (reader.done) return { epoch, settledUs, positions };
  const scan = { targetUs: reader.varint(), pattern: reader.varint(), after: reader.text() };
  if (!reader.done) throw malformed();
  return { epoch, settledUs, positions, scan };
}

class CursorReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && Number.isSafeInteger(value)) return value;
      if (byte < 0x80) break;
    }
    throw malformed();
  }

  text(): string {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed();
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}

function malformed(): BrokerError {
  return new BrokerError('CURSOR_MALFORMED', 'this is not a cursor of this broker');
}
