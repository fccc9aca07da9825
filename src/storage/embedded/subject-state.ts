import { damagedError } from './errors.js';
import { headKey } from './keys.js';
import { decodeValue, encodeValue } from './values.js';

/** What the store knows of a subject; `lastId`, `firstId`, counts and times are those of the contract's SubjectInfo. */
export interface SubjectState {
  /** Names the subject in keys and chunks; never given to another one. */
  readonly number: number;
  readonly lastId: number;
  readonly firstId: number;
  readonly lastPublishTimeUs: number;
  /** Messages from `firstId` on whose chunks are stored. */
  readonly messages: number;
  readonly bytes: number;
  /** Publish time of the id below `firstId`; 0 while `firstId` is 1. */
  readonly trimmedTimeUs: number;
}

const FIELDS = 7;

export function encodeSubjectState(key: Buffer, state: SubjectState): Buffer {
  const { number, lastId, firstId, lastPublishTimeUs, messages, bytes, trimmedTimeUs } = state;
  return encodeValue(key, [number, lastId, firstId, lastPublishTimeUs, messages, bytes, trimmedTimeUs]);
}

/** @throws BrokerError DATA_LOSS */
export function decodeSubjectState(subject: string, value: Buffer): SubjectState {
  const decoded = decodeValue(headKey(subject), value, FIELDS);
  if (decoded === undefined) throw damagedError(`the head of subject "${subject}"`, { subject });
  const [number = 0, lastId = 0, firstId = 0, lastPublishTimeUs = 0, messages = 0, bytes = 0, trimmedTimeUs = 0] =
    decoded.numbers;
  return { number, lastId, firstId, lastPublishTimeUs, messages, bytes, trimmedTimeUs };
}

/** A subject before its first message. */
export function newSubjectState(number: number): SubjectState {
  return { number, lastId: 0, firstId: 1, lastPublishTimeUs: 0, messages: 0, bytes: 0, trimmedTimeUs: 0 };
}
