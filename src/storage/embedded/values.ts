/**
 * The small values of the store. Each begins with the CRC-32 of its key and the rest of the value, so that a changed
 * bit and a value under a wrong key are both seen. Numbers are little-endian 64-bit floats.
 */
import { crc32 } from 'node:zlib';

const CHECKSUM = 4;

/** Frames numbers and trailing bytes as a value of `key`. */
export function encodeValue(key: Uint8Array, numbers: readonly number[], tail?: Uint8Array): Buffer {
  const tailAt = CHECKSUM + numbers.length * 8;
  const value = Buffer.allocUnsafe(tailAt + (tail?.length ?? 0));
  let offset = CHECKSUM;
  for (const number of numbers) offset = value.writeDoubleLE(number, offset);
  if (tail !== undefined) value.set(tail, tailAt);
  value.writeUInt32LE(checksum(key, value), 0);
  return value;
}

export interface DecodedValue {
  readonly numbers: readonly number[];
  readonly tail: Buffer;
}

/** The `count` numbers of a value and what follows them, or undefined when its checksum does not hold. */
export function decodeValue(key: Uint8Array, value: Buffer, count: number): DecodedValue | undefined {
  const tailAt = CHECKSUM + count * 8;
  if (value.length < tailAt || value.readUInt32LE(0) !== checksum(key, value)) return undefined;
  const numbers: number[] = [];
  for (let offset = CHECKSUM; offset < tailAt; offset += 8) numbers.push(value.readDoubleLE(offset));
  return { numbers, tail: value.subarray(tailAt) };
}

function checksum(key: Uint8Array, value: Buffer): number {
  return crc32(value.subarray(CHECKSUM), crc32(key));
}
