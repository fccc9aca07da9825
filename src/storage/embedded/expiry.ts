import { Chunk } from '../chunk.js';
import type { Database } from './database.js';
import { damagedError } from './errors.js';
import { chunkKey, expiryEnd, KIND, nameKey, purgeKey, readKeyNumber } from './keys.js';
import { MAX_REMOVED_CHUNKS, removePurged } from './purge.js';
import type { SubjectState } from './subject-state.js';
import type { Transaction } from './transaction.js';
import { decodeValue } from './values.js';

/** What one step removes at most, so that an append waits only briefly. */
const MAX_ENTRIES = 512;
const MAX_MESSAGES = 1000;

/** Offset of the key that an expiry entry points at. */
const TARGET = 9;

const NO_KEY = Buffer.alloc(0);

/** What a step takes from one subject. */
interface Removed {
  readonly firstIds: Set<number>;
  messages: number;
  bytes: number;
  /** Publish time of the last id below the subject's new `firstId`, as far as this step has seen it. */
  lastPublishTimeUs: number;
}

/**
 * Removes what has expired and what a purge has left, a bounded step. True when there is more to do now. Reads ranges
 * from the database, so it needs a transaction of its own.
 */
export function expireStep(transaction: Transaction, database: Database, nowUs: number): boolean {
  const purged = database.firstKey({ start: purgeKey(0), end: Buffer.from([KIND.purge + 1]) });
  if (purged !== undefined) {
    const { name, state } = subjectOf(transaction, readKeyNumber(purged, 1));
    removePurged(transaction, database, name, state);
    return true;
  }
  return new ExpiryStep(transaction, database).run(nowUs);
}

class ExpiryStep {
  readonly #transaction: Transaction;
  readonly #database: Database;
  readonly #removed = new Map<string, Removed>();
  #entries = 0;
  #chunks = 0;
  #messages = 0;

  constructor(transaction: Transaction, database: Database) {
    this.#transaction = transaction;
    this.#database = database;
  }

  run(nowUs: number): boolean {
    let more = false;
    for (const key of this.#database.keys({ start: Buffer.from([KIND.expiry]), end: expiryEnd(nowUs) })) {
      if (this.#entries >= MAX_ENTRIES || this.#chunks >= MAX_REMOVED_CHUNKS || this.#messages >= MAX_MESSAGES) {
        more = true;
        break;
      }
      this.#entries += 1;
      this.#transaction.remove(key);
      const target = key.subarray(TARGET);
      if (target[0] === KIND.chunk) this.#chunk(target);
      else if (this.#transaction.get(target) !== undefined) this.#transaction.remove(target);
    }
    for (const [name, removed] of this.#removed) this.#updateSubject(name, removed);
    return more;
  }

  #chunk(key: Buffer): void {
    const value = this.#database.get(key);
    if (value === undefined) return;
    const { name: subject, state } = subjectOf(this.#transaction, readKeyNumber(key, 1));
    const firstId = readKeyNumber(key, 9);
    let chunk: Chunk;
    try {
      chunk = Chunk.open(value, { subject, identity: state.number, firstId });
    } catch {
      // What cannot be read is kept, for whoever tries to save it; only its expiry is forgotten.
      return;
    }
    this.#transaction.remove(key);
    this.#chunks += 1;
    this.#messages += chunk.messages;
    const removed = this.#removed.get(subject) ?? {
      firstIds: new Set<number>(),
      messages: 0,
      bytes: 0,
      lastPublishTimeUs: 0,
    };
    this.#removed.set(subject, removed);
    removed.firstIds.add(firstId);
    removed.lastPublishTimeUs = Math.max(removed.lastPublishTimeUs, chunk.publishTimeUs);
    if (firstId >= state.firstId) {
      removed.messages += chunk.messages;
      removed.bytes += chunk.bytes;
      return;
    }
    // A purge has already taken out what lies below `firstId`.
    for (let id = state.firstId; id <= chunk.lastId; id += 1) {
      if (chunk.has(id)) removed.messages += 1;
      removed.bytes += chunk.size(id);
    }
  }

  #updateSubject(name: string, removed: Removed): void {
    const before = this.#transaction.subject(name) as SubjectState;
    const messages = before.messages - removed.messages;
    const firstId = messages === 0 ? before.lastId + 1 : this.#firstIdWithout(before, removed.firstIds);
    let { trimmedTimeUs } = before;
    if (messages === 0) trimmedTimeUs = before.lastPublishTimeUs;
    else if (firstId > before.firstId) trimmedTimeUs = Math.max(trimmedTimeUs, removed.lastPublishTimeUs);
    this.#transaction.setSubject(name, {
      ...before,
      messages,
      bytes: before.bytes - removed.bytes,
      firstId,
      trimmedTimeUs,
    });
  }

  /** The first id of the first chunk that stays, unless it lies below the present one. */
  #firstIdWithout({ number, firstId, lastId }: SubjectState, removed: ReadonlySet<number>): number {
    const lowest = this.#database.firstKey({
      start: chunkKey(number, firstId),
      end: chunkKey(number, 0),
      backwards: true,
    });
    const start = lowest ?? chunkKey(number, firstId);
    for (const key of this.#database.keys({ start, end: chunkKey(number, lastId + 1) })) {
      const id = readKeyNumber(key, 9);
      if (!removed.has(id)) return Math.max(firstId, id);
    }
    return firstId;
  }
}

function subjectOf(transaction: Transaction, number: number): { readonly name: string; readonly state: SubjectState } {
  const key = nameKey(number);
  const decoded = decodeValue(key, transaction.get(key) ?? NO_KEY, 0);
  const name = decoded?.tail.toString() ?? '';
  const state = decoded === undefined ? undefined : transaction.subject(name);
  if (state === undefined || state.number !== number) throw damagedError(`the name of subject number ${number}`);
  return { name, state };
}
