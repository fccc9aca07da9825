/**
 * A chunk: consecutive messages of one subject that one append wrote, in one buffer. All numbers are little-endian.
 *
 *     0  u32  format "WBC1"
 *     4  u32  CRC-32 of everything from byte 8 to the end of the table
 *     8  f64  identity of the subject within its storage
 *    16  f64  id of the first message
 *    24  f64  publish time, one for the whole chunk
 *    32  f64  when the last message has expired; 0 when one is kept for ever
 *    40  u32  number of ids; the top bit says that messages expire at different times
 *    44  u32  number of ids that have a message
 *    48  f64  bytes of bodies and headers
 *    56       table, 12 bytes per id: u32 end of the payload, u32 length of the header block (all ones: the id has no
 *             message), u32 CRC-32 of header block and body
 *             only with the top bit: f64 expire time per id
 *             payloads: header block, then body
 *
 * A *relative* chunk is encoded before its ids and its time are known, because the storage itself gives them out: it says
 * first id 0 and publish time 0, and expire times are times to live. The storage keeps first id and publish time beside it.
 *
 * Checksums make damage visible message by message, and identity and first id make a chunk visible that is found under
 * a wrong key.
 */
import { crc32 } from 'node:zlib';
import { BrokerError } from '../core/errors.js';
import { NEVER_EXPIRES, NO_HEADERS } from '../core/message.js';
import type { Message } from '../core/message.js';
import { headerBlockLength, headerTextLength, readHeaderBlock, writeHeaderBlock } from './header-block.js';
import type { AppendItem } from './storage.js';

const FORMAT = 0x31434257;
const CHECKED_FROM = 8;
const TABLE = 56;
const ENTRY = 12;
const EXPIRY = 8;
const MIXED_EXPIRY = 0x80000000;
const NO_MESSAGE = 0xffffffff;

export interface EncodedChunk {
  readonly firstId: number;
  readonly lastId: number;
  /** Ids that have a message. */
  readonly messages: number;
  /** Bytes of bodies and headers. */
  readonly bytes: number;
  /** When every message of the chunk has expired; NEVER_EXPIRES when one never does. */
  readonly expireTimeUs: number;
  readonly value: Buffer;
}

/** Where a storage has put a relative chunk. */
export interface ChunkPlace {
  readonly firstId: number;
  readonly publishTimeUs: number;
}

/** Consecutive ids of one subject in one append: `items[0]` has `firstId`. */
export interface ChunkRun {
  /** Safe integer that no other subject of the storage has. */
  readonly identity: number;
  readonly firstId: number;
  readonly publishTimeUs: number;
  readonly items: readonly AppendItem[];
  /** The chunks are relative; `firstId` and `publishTimeUs` are 0, so ids count from the beginning of the run. */
  readonly relative?: true;
}

/** When a message appended at `publishTimeUs` expires; the one place that turns a time to live into a time. */
export function expireTimeOf(item: Pick<AppendItem, 'ttlUs'>, publishTimeUs: number): number {
  return item.ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : publishTimeUs + item.ttlUs;
}

/** Encodes `items[from, to)` of a run; the caller keeps to the limits of `splitRun`. */
export function encodeChunk(run: ChunkRun, from: number, to: number): EncodedChunk {
  const { items, publishTimeUs } = run;
  const count = to - from;
  const firstTtlUs = (items[from] as AppendItem).ttlUs;
  let payload = 0;
  let mixed = false;
  for (let index = from; index < to; index += 1) {
    const item = items[index] as AppendItem;
    if (item.ttlUs !== firstTtlUs) mixed = true;
    if (item.transient === true) continue;
    payload += item.body.length;
    if (item.headers.length > 0) payload += headerBlockLength(item.headers);
  }
  const start = TABLE + count * (mixed ? ENTRY + EXPIRY : ENTRY);
  const value = Buffer.allocUnsafe(start + payload);
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  let end = start;
  let messages = 0;
  let bytes = 0;
  let lastExpireTimeUs = -1;
  for (let index = from; index < to; index += 1) {
    const item = items[index] as AppendItem;
    const entry = TABLE + (index - from) * ENTRY;
    const expireTimeUs = expireTimeOf(item, publishTimeUs);
    if (mixed) view.setFloat64(TABLE + count * ENTRY + (index - from) * EXPIRY, expireTimeUs, true);
    let headersLength = NO_MESSAGE;
    let checksum = 0;
    if (item.transient !== true) {
      headersLength = 0;
      if (item.headers.length > 0) {
        const headersEnd = writeHeaderBlock(item.headers, value, end);
        headersLength = headersEnd - end;
        checksum = crc32(value.subarray(end, headersEnd));
        bytes += headersLength - item.headers.length * 8;
        end = headersEnd;
      }
      value.set(item.body, end);
      checksum = crc32(item.body, checksum);
      end += item.body.length;
      bytes += item.body.length;
      messages += 1;
      if (expireTimeUs === NEVER_EXPIRES || lastExpireTimeUs === NEVER_EXPIRES) lastExpireTimeUs = NEVER_EXPIRES;
      else if (expireTimeUs > lastExpireTimeUs) lastExpireTimeUs = expireTimeUs;
    }
    view.setUint32(entry, end - start, true);
    view.setUint32(entry + 4, headersLength, true);
    view.setUint32(entry + 8, checksum, true);
  }
  const firstId = run.firstId + from;
  view.setUint32(0, FORMAT, true);
  view.setFloat64(8, run.identity, true);
  view.setFloat64(16, run.relative === true ? 0 : firstId, true);
  view.setFloat64(24, publishTimeUs, true);
  view.setFloat64(32, lastExpireTimeUs, true);
  view.setUint32(40, (mixed ? count | MIXED_EXPIRY : count) >>> 0, true);
  view.setUint32(44, messages, true);
  view.setFloat64(48, bytes, true);
  view.setUint32(4, crc32(value.subarray(CHECKED_FROM, start)), true);
  return { firstId, lastId: firstId + count - 1, messages, bytes, expireTimeUs: lastExpireTimeUs, value };
}

/** A chunk that is read in place: bodies are views of its buffer, and each message is checked when it is asked for. */
export class Chunk {
  readonly subject: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly publishTimeUs: number;
  /** When every message of the chunk has expired; NEVER_EXPIRES when one never does. */
  readonly expireTimeUs: number;
  /** Ids that have a message. */
  readonly messages: number;
  /** Bytes of bodies and headers. */
  readonly bytes: number;
  readonly #value: Buffer;
  readonly #view: DataView;
  readonly #start: number;
  /** What expire times in the chunk count from: 0, or the publish time of a relative chunk. */
  readonly #epochUs: number;
  /** Offset of the expire times, 0 when {@link expireTimeUs} is that of every message. */
  readonly #expiries: number;

  private constructor(value: Buffer, view: DataView, subject: string, place: ChunkPlace | undefined) {
    const idsAndFlag = view.getUint32(40, true);
    const count = idsAndFlag & ~MIXED_EXPIRY;
    const mixed = idsAndFlag >>> 31 === 1;
    this.subject = subject;
    this.firstId = place === undefined ? view.getFloat64(16, true) : place.firstId;
    this.lastId = this.firstId + count - 1;
    this.publishTimeUs = place === undefined ? view.getFloat64(24, true) : place.publishTimeUs;
    this.#epochUs = place === undefined ? 0 : place.publishTimeUs;
    this.expireTimeUs = this.#expireTime(view.getFloat64(32, true));
    this.messages = view.getUint32(44, true);
    this.bytes = view.getFloat64(48, true);
    this.#value = value;
    this.#view = view;
    this.#start = TABLE + count * (mixed ? ENTRY + EXPIRY : ENTRY);
    this.#expiries = mixed ? TABLE + count * ENTRY : 0;
  }

  /**
   * Reads the chunk that is stored for `subject` from `firstId` on. The buffer must not change afterwards.
   *
   * @throws BrokerError DATA_LOSS when it is damaged or is not that chunk
   */
  static open(
    value: Buffer,
    expected: { readonly subject: string; readonly identity: number; readonly firstId: number },
  ): Chunk {
    const damaged = (): BrokerError => damage(expected.subject, expected.firstId);
    if (value.length < TABLE + ENTRY) throw damaged();
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    if (view.getUint32(0, true) !== FORMAT) throw damaged();
    const chunk = new Chunk(value, view, expected.subject, undefined);
    if (!chunk.#isIntact(expected.identity) || chunk.firstId !== expected.firstId) throw damaged();
    return chunk;
  }

  /**
   * Reads a relative chunk that the storage has put at `place`. The buffer must not change afterwards.
   *
   * @throws BrokerError DATA_LOSS when it is damaged or belongs to another subject
   */
  static openRelative(
    value: Buffer,
    expected: { readonly subject: string; readonly identity: number },
    place: ChunkPlace,
  ): Chunk {
    const damaged = (): BrokerError => damage(expected.subject, place.firstId);
    if (value.length < TABLE + ENTRY) throw damaged();
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    if (view.getUint32(0, true) !== FORMAT || view.getFloat64(16, true) !== 0) throw damaged();
    const chunk = new Chunk(value, view, expected.subject, place);
    if (!chunk.#isIntact(expected.identity)) throw damaged();
    return chunk;
  }

  #isIntact(identity: number): boolean {
    const value = this.#value;
    const start = this.#start;
    if (start > value.length || crc32(value.subarray(CHECKED_FROM, start)) !== this.#view.getUint32(4, true))
      return false;
    return this.#view.getFloat64(8, true) === identity;
  }

  #expireTime(stored: number): number {
    return stored === NEVER_EXPIRES ? NEVER_EXPIRES : this.#epochUs + stored;
  }

  /**
   * The message with this id, expired or not; undefined when the id lies outside or has no message.
   *
   * @throws BrokerError DATA_LOSS naming subject and id when its bytes are not those that were written
   */
  message(id: number): Message | undefined {
    if (id < this.firstId || id > this.lastId) return undefined;
    const index = id - this.firstId;
    const view = this.#view;
    const entry = TABLE + index * ENTRY;
    const headersLength = view.getUint32(entry + 4, true);
    if (headersLength === NO_MESSAGE) return undefined;
    const from = this.#start + (index === 0 ? 0 : view.getUint32(entry - ENTRY, true));
    const to = this.#start + view.getUint32(entry, true);
    const body = this.#value.subarray(from + headersLength, to);
    const block = headersLength === 0 ? undefined : this.#value.subarray(from, from + headersLength);
    const checksum = crc32(body, block === undefined ? 0 : crc32(block));
    if (to > this.#value.length || checksum !== view.getUint32(entry + 8, true)) throw damage(this.subject, id);
    return {
      subject: this.subject,
      id,
      body,
      headers: block === undefined ? NO_HEADERS : readHeaderBlock(block),
      publishTimeUs: this.publishTimeUs,
      expireTimeUs:
        this.#expiries === 0
          ? this.expireTimeUs
          : this.#expireTime(view.getFloat64(this.#expiries + index * EXPIRY, true)),
    };
  }

  /** Bytes of body and headers of the message with this id, 0 when there is none. Does not look at the payload's sum. */
  size(id: number): number {
    if (id < this.firstId || id > this.lastId) return 0;
    const index = id - this.firstId;
    const entry = TABLE + index * ENTRY;
    const headersLength = this.#view.getUint32(entry + 4, true);
    if (headersLength === NO_MESSAGE) return 0;
    const from = index === 0 ? 0 : this.#view.getUint32(entry - ENTRY, true);
    const bytes = this.#view.getUint32(entry, true) - from;
    if (headersLength === 0) return bytes;
    const block = this.#value.subarray(this.#start + from, this.#start + from + headersLength);
    try {
      return bytes - headersLength + headerTextLength(block);
    } catch {
      throw damage(this.subject, id);
    }
  }

  /** True when the id lies inside and has a message, expired or not. */
  has(id: number): boolean {
    if (id < this.firstId || id > this.lastId) return false;
    return this.#view.getUint32(TABLE + (id - this.firstId) * ENTRY + 4, true) !== NO_MESSAGE;
  }
}

function damage(subject: string, id: number): BrokerError {
  return new BrokerError('DATA_LOSS', `message ${id} of subject "${subject}" is damaged`, {
    fields: { subject, id: String(id) },
  });
}
