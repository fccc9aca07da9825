import { damagedError } from './errors.js';
import { IDENTITY_BYTES } from './journal-record.js';
import { JOURNAL_KEY } from './keys.js';
import { decodeValue, encodeValue } from './values.js';

/**
 * What the database says of the journal. Without a mark nothing in the journal's files counts, and they may be missing:
 * so it is after `close`, and in a store that never had one.
 */
export interface JournalMark {
  /** Random, new each time the journal is begun: records of another identity do not belong to this database. */
  readonly identity: Buffer;
  /** The database includes the records up to this sequence number. */
  readonly included: number;
}

export function encodeMark({ identity, included }: JournalMark): Buffer {
  return encodeValue(JOURNAL_KEY, [included], identity);
}

/** @throws BrokerError DATA_LOSS */
export function decodeMark(value: Buffer): JournalMark {
  const decoded = decodeValue(JOURNAL_KEY, value, 1);
  if (decoded === undefined || decoded.tail.length !== IDENTITY_BYTES) throw damagedError('the mark of the journal');
  return { identity: decoded.tail, included: decoded.numbers[0] ?? 0 };
}
