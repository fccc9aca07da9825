import { crc32 } from 'node:zlib';
import { BrokerError } from '../../core/errors.js';
import { damagedError } from './errors.js';
import { STATE_KEY } from './keys.js';
import { decodeValue, encodeValue } from './values.js';

/** Version of everything that README.md describes; a store of a later one is refused. */
export const FORMAT_VERSION = 1;

/** What is true of the store as a whole; written with every transaction. */
export interface StoreState {
  readonly epoch: string;
  readonly createdTimeUs: number;
  /** Publish time of the last append, so that the next one is later whatever the clock does. */
  readonly lastPublishTimeUs: number;
  readonly nextSubjectNumber: number;
  /** Version of the last record commit in any partition. */
  readonly revision: number;
  /**
   * {@link keySum} of every key but this record's own and the journal's: a key that is lost or changed is seen when the
   * store opens.
   */
  readonly keySum: number;
}

const FIELDS = 6;
const SUM_RANGE = 2 ** 48;

/** Adds a key to a sum (`sign` 1) or takes it out (-1); the order does not matter. */
export function keySum(sum: number, key: Uint8Array, sign: 1 | -1): number {
  return (sum + sign * crc32(key) + SUM_RANGE) % SUM_RANGE;
}

export function encodeStoreState(state: StoreState): Buffer {
  const { epoch, createdTimeUs, lastPublishTimeUs, nextSubjectNumber, revision, keySum: sum } = state;
  const numbers = [FORMAT_VERSION, createdTimeUs, lastPublishTimeUs, nextSubjectNumber, revision, sum];
  return encodeValue(STATE_KEY, numbers, Buffer.from(epoch));
}

/** @throws BrokerError DATA_LOSS, or STORAGE_UNAVAILABLE for a format that this version does not know */
export function decodeStoreState(value: Buffer, folder: string): StoreState {
  const decoded = decodeValue(STATE_KEY, value, 1);
  if (decoded === undefined) throw damagedError(`the store in "${folder}"`);
  const [version = 0] = decoded.numbers;
  if (version > FORMAT_VERSION) {
    throw new BrokerError(
      'STORAGE_UNAVAILABLE',
      `data folder "${folder}" has format ${version}; this version of waybill knows ${FORMAT_VERSION}`,
    );
  }
  const all = decodeValue(STATE_KEY, value, FIELDS);
  if (all === undefined) throw damagedError(`the store in "${folder}"`);
  const [, createdTimeUs = 0, lastPublishTimeUs = 0, nextSubjectNumber = 0, revision = 0, sum = 0] = all.numbers;
  return { epoch: all.tail.toString(), createdTimeUs, lastPublishTimeUs, nextSubjectNumber, revision, keySum: sum };
}
