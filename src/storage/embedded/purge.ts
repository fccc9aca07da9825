import { BrokerError } from '../../core/errors.js';
import { Chunk } from '../chunk.js';
import type { PurgeResult } from '../storage.js';
import { ChunkReader } from './chunk-reader.js';
import type { Database } from './database.js';
import { chunkKey, purgeKey, readKeyNumber } from './keys.js';
import type { SubjectState } from './subject-state.js';
import type { Transaction } from './transaction.js';
import { encodeValue } from './values.js';

/** Chunks that one transaction removes at most. */
export const MAX_REMOVED_CHUNKS = 64;

/**
 * Moves a subject's `firstId`, which hides everything below it at once, and begins to remove the chunks. What is left
 * is marked for `expire()`. Reads ranges from the database, so it needs a transaction of its own.
 */
export function purge(
  transaction: Transaction,
  database: Database,
  subject: string,
  { beforeId, dryRun }: { readonly beforeId: number; readonly dryRun: boolean },
): PurgeResult {
  const state = transaction.subject(subject);
  if (state === undefined) throw new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" does not exist`);
  const before = Math.min(beforeId, state.lastId + 1);
  if (before <= state.firstId) return { messages: 0, bytes: 0, firstId: state.firstId };
  const removed = countBelow(database, subject, state, before);
  const messages = state.messages - removed.messages;
  const firstId = messages === 0 ? state.lastId + 1 : before;
  if (!dryRun) {
    const trimmedTimeUs = removed.lastPublishTimeUs;
    const purged = { ...state, firstId, messages, bytes: state.bytes - removed.bytes, trimmedTimeUs };
    transaction.setSubject(subject, purged);
    const key = purgeKey(state.number);
    transaction.put(key, encodeValue(key, []));
    removePurged(transaction, database, subject, purged);
  }
  return { messages: removed.messages, bytes: removed.bytes, firstId };
}

/**
 * Removes chunks that lie below the subject's `firstId`, a bounded number, and the mark when none is left.
 * `state` must be what the transaction holds of the subject.
 */
export function removePurged(transaction: Transaction, database: Database, subject: string, state: SubjectState): void {
  const range = { start: chunkKey(state.number, 0), end: chunkKey(state.number, state.firstId) };
  let removed = 0;
  let previous: Buffer | undefined;
  for (const key of database.keys(range)) {
    if (removed === MAX_REMOVED_CHUNKS) return;
    if (previous !== undefined) {
      transaction.remove(previous);
      removed += 1;
    }
    previous = key;
  }
  // The last one may hold messages from `firstId` on; it then goes when it expires or with a later purge.
  if (previous !== undefined && endsBelow(database, previous, subject, state)) transaction.remove(previous);
  transaction.remove(purgeKey(state.number));
}

/** False also for a chunk that cannot be read: it is kept, for whoever tries to save it. */
function endsBelow(database: Database, key: Buffer, subject: string, state: SubjectState): boolean {
  const value = database.get(key);
  if (value === undefined) return false;
  try {
    const chunk = Chunk.open(value, { subject, identity: state.number, firstId: readKeyNumber(key, 9) });
    return chunk.lastId < state.firstId;
  } catch {
    return false;
  }
}

interface Count {
  messages: number;
  bytes: number;
  lastPublishTimeUs: number;
}

function countBelow(database: Database, subject: string, state: SubjectState, before: number): Count {
  if (before > state.lastId) {
    return { messages: state.messages, bytes: state.bytes, lastPublishTimeUs: state.lastPublishTimeUs };
  }
  const count: Count = { messages: 0, bytes: 0, lastPublishTimeUs: state.trimmedTimeUs };
  for (const chunk of new ChunkReader(database).upwards(subject, state, state.firstId)) {
    if (chunk.firstId >= before) break;
    count.lastPublishTimeUs = chunk.publishTimeUs;
    if (chunk.firstId >= state.firstId && chunk.lastId < before) {
      count.messages += chunk.messages;
      count.bytes += chunk.bytes;
      continue;
    }
    const last = Math.min(chunk.lastId, before - 1);
    for (let id = Math.max(chunk.firstId, state.firstId); id <= last; id += 1) {
      if (chunk.has(id)) count.messages += 1;
      count.bytes += chunk.size(id);
    }
  }
  return count;
}
