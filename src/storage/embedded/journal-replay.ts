import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokerError } from '../../core/errors.js';
import type { Write } from './database.js';
import type { JournalMark } from './journal-mark.js';
import { decodeWrites, findRecords } from './journal-record.js';
import { isSegment } from './journal-segment.js';
import { SEGMENT_NAMES, segmentHeader } from './journal.js';

/**
 * The writes of the records that the database does not include, in their order. A record is begun only when the one
 * before it is on disk, so the first that is missing was never acknowledged, unless there is a trace of a later one.
 *
 * @throws BrokerError DATA_LOSS naming the file when a record that was acknowledged is gone or may be
 */
export function replayJournal(folder: string, { identity, included }: JournalMark): readonly Write[] {
  const found = new Map<number, Buffer>();
  let last = { sequence: included, path: '' };
  for (const name of SEGMENT_NAMES) {
    const path = join(folder, name);
    if (!isSegment(path)) throw damagedJournal(path, 'is missing or cut off');
    const bytes = readFileSync(path);
    const header = segmentHeader(identity);
    if (!bytes.subarray(0, header.length).equals(header)) throw damagedJournal(path, 'is not what it should be');
    for (const { sequence, payload } of findRecords(bytes, identity)) {
      if (sequence > last.sequence) last = { sequence, path };
      if (sequence > included && payload !== undefined) found.set(sequence, payload);
    }
  }
  const writes: Write[] = [];
  let sequence = included + 1;
  for (let payload = found.get(sequence); payload !== undefined; payload = found.get(sequence)) {
    for (const write of decodeWrites(payload)) writes.push(write);
    sequence += 1;
  }
  // The last one may have been cut off while it was written. Any other was acknowledged.
  if (last.sequence > sequence) throw damagedJournal(last.path, 'is damaged');
  return writes;
}

function damagedJournal(path: string, what: string): BrokerError {
  return new BrokerError('DATA_LOSS', `"${path}" ${what} and may hold what the database does not; restore a backup`);
}
