/**
 * The keys of the one LMDB tree: a letter for the kind, then numbers as 64-bit big-endian and text as UTF-8, so that
 * the order of the bytes is the order of the things. README.md lists them all.
 */

/** First byte of each key. */
export const KIND = {
  chunk: 0x43, // C
  fence: 0x46, // F
  head: 0x48, // H
  idempotency: 0x49, // I
  journal: 0x4a, // J
  name: 0x4e, // N
  purge: 0x50, // P
  record: 0x52, // R
  state: 0x53, // S
  expiry: 0x58, // X
} as const;

const TWO_32 = 2 ** 32;

function writeNumber(target: Buffer, value: number, offset: number): void {
  target.writeUInt32BE(Math.floor(value / TWO_32), offset);
  target.writeUInt32BE(value % TWO_32, offset + 4);
}

/** The number at `offset` of a key. */
export function readKeyNumber(key: Uint8Array, offset: number): number {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return view.getUint32(offset) * TWO_32 + view.getUint32(offset + 4);
}

/** The text of a key from `offset` to its end. */
export function readKeyText(key: Uint8Array, offset: number): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('utf8', offset);
}

function textKey(kind: number, text: string): Buffer {
  const key = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  key[0] = kind;
  key.write(text, 1);
  return key;
}

function numberKey(kind: number, number: number, second?: number): Buffer {
  const key = Buffer.allocUnsafe(second === undefined ? 9 : 17);
  key[0] = kind;
  writeNumber(key, number, 1);
  if (second !== undefined) writeNumber(key, second, 9);
  return key;
}

function numberTextKey(kind: number, number: number, text: string): Buffer {
  const key = Buffer.allocUnsafe(9 + Buffer.byteLength(text));
  key[0] = kind;
  writeNumber(key, number, 1);
  key.write(text, 9);
  return key;
}

/** The one record of what is true of the whole store. */
export const STATE_KEY = Buffer.from([KIND.state]);

/** Says that the journal is in use, and how much of it the database includes. */
export const JOURNAL_KEY = Buffer.from([KIND.journal]);

export const headKey = (subject: string): Buffer => textKey(KIND.head, subject);
export const nameKey = (subjectNumber: number): Buffer => numberKey(KIND.name, subjectNumber);
export const chunkKey = (subjectNumber: number, id: number): Buffer => numberKey(KIND.chunk, subjectNumber, id);
export const purgeKey = (subjectNumber: number): Buffer => numberKey(KIND.purge, subjectNumber);

export function idempotencyKey(subjectNumber: number, key: string): Buffer {
  return numberTextKey(KIND.idempotency, subjectNumber, key);
}

export function fenceKey(subjectNumber: number, lock: string): Buffer {
  return numberTextKey(KIND.fence, subjectNumber, lock);
}

/** Partition and key; the partition's length stands in front, so that no partition runs into another. */
export function recordKey(partition: string, key: string): Buffer {
  const partitionLength = Buffer.byteLength(partition);
  const bytes = Buffer.allocUnsafe(3 + partitionLength + Buffer.byteLength(key));
  bytes[0] = KIND.record;
  bytes.writeUInt16BE(partitionLength, 1);
  bytes.write(partition, 3);
  bytes.write(key, 3 + partitionLength);
  return bytes;
}

/** Offset of the record's own key in a key of `partition`. */
export const recordKeyOffset = (partition: string): number => 3 + Buffer.byteLength(partition);

/** Points at what expires at `timeUs`, by its key. */
export function expiryKey(timeUs: number, target: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(9 + target.length);
  key[0] = KIND.expiry;
  writeNumber(key, timeUs, 1);
  key.set(target, 9);
  return key;
}

/** The first expiry key after `timeUs`. */
export const expiryEnd = (timeUs: number): Buffer => numberKey(KIND.expiry, timeUs + 1);

/** The first key that is greater than every key with this prefix. No prefix ends in 0xff: UTF-8 has no such byte. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}
