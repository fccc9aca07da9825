import type { Header } from '../core/message.js';

/** Bytes in front of each header: the lengths of its name and value as little-endian 32-bit numbers. */
const FRAME = 8;

/** Bytes that `headers` take as a block; 0 for none. */
export function headerBlockLength(headers: readonly Header[]): number {
  let length = headers.length * FRAME;
  for (const [name, value] of headers) length += Buffer.byteLength(name) + Buffer.byteLength(value);
  return length;
}

/** Writes `headers` at `offset` and answers the offset behind them. */
export function writeHeaderBlock(headers: readonly Header[], target: Buffer, offset: number): number {
  let end = offset;
  for (const [name, value] of headers) {
    const nameLength = target.write(name, end + FRAME);
    const valueLength = target.write(value, end + FRAME + nameLength);
    target.writeUInt32LE(nameLength, end);
    target.writeUInt32LE(valueLength, end + 4);
    end += FRAME + nameLength + valueLength;
  }
  return end;
}

/** The headers of a block, in order. @throws RangeError when the lengths do not add up */
export function readHeaderBlock(block: Buffer): Header[] {
  const headers: Header[] = [];
  for (let offset = 0; offset < block.length;) {
    const nameEnd = offset + FRAME + block.readUInt32LE(offset);
    const valueEnd = nameEnd + block.readUInt32LE(offset + 4);
    if (valueEnd > block.length) throw new RangeError('header block ends inside a header');
    headers.push([block.toString('utf8', offset + FRAME, nameEnd), block.toString('utf8', nameEnd, valueEnd)]);
    offset = valueEnd;
  }
  return headers;
}

/** Bytes of the names and values in a block, without their framing. */
export function headerTextLength(block: Buffer): number {
  let text = block.length;
  for (let offset = 0; offset < block.length; text -= FRAME) {
    offset += FRAME + block.readUInt32LE(offset) + block.readUInt32LE(offset + 4);
  }
  return text;
}
