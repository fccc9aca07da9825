import { types } from 'cassandra-driver';
import { expiryClass } from '../chunk-run.js';
import type { EncodedChunk } from '../chunk.js';
import { NEVER_EXPIRES } from '../../core/message.js';
import { BrokerError } from '../../core/errors.js';

/** Messages of a subject that end their lives together, as far as counting goes. */
export interface LifeClass {
  /** When all of them have expired; NEVER_EXPIRES for those that stay. */
  readonly dueUs: number;
  /** No message of the class has a smaller id. */
  readonly firstId: number;
  readonly messages: number;
  readonly bytes: number;
}

/** What the current bucket of a subject says of it, beside the chunks; all of it changes in one conditional batch. */
export interface SubjectState {
  readonly lastId: number;
  readonly lastPublishTimeUs: number;
  /** Ids below were purged. */
  readonly purgedBelow: number;
  /** The bucket takes no more; whatever comes next begins the following one. */
  readonly sealed: boolean;
  /** First id that the bucket can hold. */
  readonly bucketFirstId: number;
  /** What the chunks in the bucket took, removed or not. */
  readonly bucketBytes: number;
  readonly bucketRows: number;
  /** First id of the last append, and how many chunks it wrote. */
  readonly batchFirstId: number;
  readonly batchChunks: number;
  /** The last transient message. */
  readonly transientId: number;
  readonly transientTimeUs: number;
  /** Until when idempotency keys of this bucket are remembered, and those of all before it. */
  readonly keysUntilUs: number;
  readonly olderKeysUntilUs: number;
  /** The first bucket whose purged chunks may not be removed yet. */
  readonly sweptBucket: number;
  /** In no order; those that are due may be among them. */
  readonly classes: readonly LifeClass[];
  /** Ids of the batches before the last one, newest first, {@link MAX_RECENT} at most. */
  readonly recent: readonly Uuid[];
}

/** Whoever does not know what became of his batch has this many others to find out without looking for its rows. */
export const MAX_RECENT = 8;

type Uuid = types.Uuid;

/** A subject before its first message. */
export const NO_SUBJECT: SubjectState = {
  lastId: 0,
  lastPublishTimeUs: 0,
  purgedBelow: 1,
  sealed: false,
  bucketFirstId: 1,
  bucketBytes: 0,
  bucketRows: 0,
  batchFirstId: 1,
  batchChunks: 0,
  transientId: 0,
  transientTimeUs: 0,
  keysUntilUs: 0,
  olderKeysUntilUs: 0,
  sweptBucket: 0,
  classes: [],
  recent: [],
};

const FORMAT = 1;
const FIELDS = 16;
const UUID_BYTES = 16;
const CLASS_FIELDS = 4;

/** Little-endian doubles: format 1, the fields in the order above but for `lastId`, then four per class; then UUIDs. */
export function encodeSubjectState(state: SubjectState): Buffer {
  const numbers = [
    FORMAT,
    state.lastPublishTimeUs,
    state.purgedBelow,
    state.sealed ? 1 : 0,
    state.bucketFirstId,
    state.bucketBytes,
    state.bucketRows,
    state.batchFirstId,
    state.batchChunks,
    state.transientId,
    state.transientTimeUs,
    state.keysUntilUs,
    state.olderKeysUntilUs,
    state.sweptBucket,
    state.classes.length,
    state.recent.length,
  ];
  for (const { dueUs, firstId, messages, bytes } of state.classes) numbers.push(dueUs, firstId, messages, bytes);
  const value = Buffer.allocUnsafe(numbers.length * 8);
  for (const [index, number] of numbers.entries()) value.writeDoubleLE(number, index * 8);
  return Buffer.concat([value, ...state.recent.map((id) => id.getBuffer())]);
}

/** @throws BrokerError DATA_LOSS when it is not what {@link encodeSubjectState} writes */
export function decodeSubjectState(subject: string, lastId: number, value: Buffer): SubjectState {
  const number = (index: number): number => value.readDoubleLE(index * 8);
  const intact = value.length >= FIELDS * 8 && number(0) === FORMAT;
  const count = intact ? number(FIELDS - 2) : 0;
  const ids = intact ? number(FIELDS - 1) : 0;
  const end = (FIELDS + count * CLASS_FIELDS) * 8;
  if (!intact || value.length !== end + ids * UUID_BYTES) {
    throw new BrokerError('DATA_LOSS', `the state of subject "${subject}" is damaged`, { fields: { subject } });
  }
  const classes: LifeClass[] = [];
  for (let index = FIELDS; classes.length < count; index += CLASS_FIELDS) {
    classes.push({
      dueUs: number(index),
      firstId: number(index + 1),
      messages: number(index + 2),
      bytes: number(index + 3),
    });
  }
  const recent = Array.from({ length: ids }, (_, index) => {
    const from = end + index * UUID_BYTES;
    return new types.Uuid(Buffer.from(value.subarray(from, from + UUID_BYTES)));
  });
  return {
    lastId,
    lastPublishTimeUs: number(1),
    purgedBelow: number(2),
    sealed: number(3) === 1,
    bucketFirstId: number(4),
    bucketBytes: number(5),
    bucketRows: number(6),
    batchFirstId: number(7),
    batchChunks: number(8),
    transientId: number(9),
    transientTimeUs: number(10),
    keysUntilUs: number(11),
    olderKeysUntilUs: number(12),
    sweptBucket: number(13),
    classes,
    recent,
  };
}

/** The classes whose messages have not all expired. */
export function livingClasses(classes: readonly LifeClass[], nowUs: number): readonly LifeClass[] {
  return classes.filter(({ dueUs }) => dueUs === NEVER_EXPIRES || dueUs > nowUs);
}

/** The subject's first id, messages and bytes as SubjectInfo has them. Nothing needs to have removed what is due. */
export function livingTotals(
  state: Pick<SubjectState, 'lastId' | 'purgedBelow' | 'classes'>,
  nowUs: number,
): { readonly firstId: number; readonly messages: number; readonly bytes: number } {
  let firstId = state.lastId + 1;
  let messages = 0;
  let bytes = 0;
  for (const each of livingClasses(state.classes, nowUs)) {
    firstId = Math.min(firstId, each.firstId);
    messages += each.messages;
    bytes += each.bytes;
  }
  return { firstId: Math.max(firstId, state.purgedBelow), messages, bytes };
}

/** When the messages of a chunk leave the counts. */
export function dueTimeOf(chunk: { readonly lifeUs: number; readonly publishTimeUs: number }): number {
  return expiryClass({ ttlUs: chunk.lifeUs }, chunk.publishTimeUs);
}

/** Counts chunks in. `firstId` of a relative chunk counts from `fromId`. */
export function addChunks(
  classes: readonly LifeClass[],
  chunks: readonly EncodedChunk[],
  place: { readonly fromId: number; readonly publishTimeUs: number },
): readonly LifeClass[] {
  const byDue = new Map(classes.map((each) => [each.dueUs, each]));
  for (const { firstId, messages, bytes, expireTimeUs } of chunks) {
    const dueUs = dueTimeOf({ lifeUs: expireTimeUs, publishTimeUs: place.publishTimeUs });
    const known = byDue.get(dueUs) ?? { dueUs, firstId: place.fromId + firstId, messages: 0, bytes: 0 };
    byDue.set(dueUs, { ...known, messages: known.messages + messages, bytes: known.bytes + bytes });
  }
  return [...byDue.values()];
}
