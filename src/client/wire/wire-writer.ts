/** Bytes that `value`, a safe integer of 0 or more, takes as a varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let size = 4;
  for (let rest = Math.floor(value / 0x1000_0000); rest > 0; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Writes protobuf into a buffer that is known to be long enough. */
export class WireWriter {
  position = 0;

  constructor(readonly buffer: Buffer) {}

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.position++] = (rest % 0x80) | 0x80;
      rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    this.buffer[this.position++] = rest;
  }

  /** A field of text or bytes with its tag. */
  field(tag: number, bytes: Uint8Array): void {
    this.varint(tag);
    this.varint(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  raw(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }
}

/** Bytes that {@link WireWriter.field} takes with a tag of one byte. */
export function fieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}
