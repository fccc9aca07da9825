/**
 * A record of the journal: one transaction.
 *
 *     header   u32 magic, 8 bytes identity of the journal, u64 sequence number, u32 length of the payload,
 *              u32 CRC-32 of the payload, u32 CRC-32 of the header so far
 *     payload  for each write u16 length of the key, u32 length of the value or 0xffffffff for a removal, key, value
 *
 * Numbers are little-endian; a record begins at a multiple of 8 bytes.
 */
import { crc32 } from 'node:zlib';
import type { Write } from './database.js';

const MAGIC = 0x314a4257; // WBJ1

/** Bytes of a journal's identity. */
export const IDENTITY_BYTES = 8;

const SEQUENCE_AT = 4 + IDENTITY_BYTES;
const LENGTH_AT = SEQUENCE_AT + 8;
const PAYLOAD_SUM_AT = LENGTH_AT + 4;
const HEADER_SUM_AT = PAYLOAD_SUM_AT + 4;
const HEADER_BYTES = HEADER_SUM_AT + 4;

const WRITE_HEADER = 6;
const REMOVED = 0xffffffff;
const ALIGNMENT = 8;
const TWO_32 = 2 ** 32;

/** What a record of these writes takes in the journal. */
export function recordBytes(writes: readonly Write[]): number {
  let bytes = HEADER_BYTES;
  for (const [key, value] of writes) bytes += WRITE_HEADER + key.length + (value?.length ?? 0);
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Fills the beginning of `target` with a record of the writes and answers it. */
export function encodeRecord(target: Buffer, identity: Buffer, sequence: number, writes: readonly Write[]): Buffer {
  let at = HEADER_BYTES;
  for (const [key, value] of writes) {
    target.writeUInt16LE(key.length, at);
    target.writeUInt32LE(value?.length ?? REMOVED, at + 2);
    at += WRITE_HEADER;
    target.set(key, at);
    at += key.length;
    if (value === undefined) continue;
    target.set(value, at);
    at += value.length;
  }
  target.writeUInt32LE(MAGIC, 0);
  target.set(identity, 4);
  target.writeUInt32LE(sequence % TWO_32, SEQUENCE_AT);
  target.writeUInt32LE(Math.floor(sequence / TWO_32), SEQUENCE_AT + 4);
  target.writeUInt32LE(at - HEADER_BYTES, LENGTH_AT);
  target.writeUInt32LE(crc32(target.subarray(HEADER_BYTES, at)), PAYLOAD_SUM_AT);
  target.writeUInt32LE(crc32(target.subarray(0, HEADER_SUM_AT)), HEADER_SUM_AT);
  const end = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
  target.fill(0, at, end);
  return target.subarray(0, end);
}

/** A record whose header is sound. */
export interface FoundRecord {
  readonly sequence: number;
  /** Undefined when its checksum does not hold: the record was not written to its end, or was damaged later. */
  readonly payload: Buffer | undefined;
}

/**
 * Everything in a segment that begins like a record of this journal, wherever it is: also behind damage, and what is
 * left of the segment's earlier use.
 */
export function* findRecords(segment: Buffer, identity: Buffer): Generator<FoundRecord, void, void> {
  const prefix = Buffer.alloc(SEQUENCE_AT);
  prefix.writeUInt32LE(MAGIC);
  prefix.set(identity, 4);
  for (let at = segment.indexOf(prefix); at !== -1; at = segment.indexOf(prefix, at + ALIGNMENT)) {
    const header = segment.subarray(at, at + HEADER_BYTES);
    if (header.length < HEADER_BYTES) return;
    if (header.readUInt32LE(HEADER_SUM_AT) !== crc32(header.subarray(0, HEADER_SUM_AT))) continue;
    const start = at + HEADER_BYTES;
    const payload = segment.subarray(start, start + header.readUInt32LE(LENGTH_AT));
    const sound = header.readUInt32LE(PAYLOAD_SUM_AT) === crc32(payload);
    const sequence = header.readUInt32LE(SEQUENCE_AT) + header.readUInt32LE(SEQUENCE_AT + 4) * TWO_32;
    yield { sequence, payload: sound ? payload : undefined };
  }
}

/** The writes of a payload whose checksum holds. */
export function* decodeWrites(payload: Buffer): Generator<Write, void, void> {
  for (let at = 0; at < payload.length;) {
    const valueAt = at + WRITE_HEADER + payload.readUInt16LE(at);
    const length = payload.readUInt32LE(at + 2);
    const key = payload.subarray(at + WRITE_HEADER, valueAt);
    at = length === REMOVED ? valueAt : valueAt + length;
    yield [key, length === REMOVED ? undefined : payload.subarray(valueAt, at)];
  }
}
