import { keyReused, messageTooLarge, staleFence, unexpectedLastId } from '../append-errors.js';
import { encodeRun } from '../chunk-run.js';
import { expireTimeOf } from '../chunk.js';
import type { AppendItem, AppendResult, Idempotency } from '../storage.js';
import { damagedError } from './errors.js';
import { chunkKey, expiryKey, fenceKey, idempotencyKey } from './keys.js';
import type { SubjectState } from './subject-state.js';
import type { Transaction } from './transaction.js';
import { decodeValue, encodeValue } from './values.js';

/** LMDB holds values below 4 GiB; a message far below that already stops the event loop too long. */
export const MAX_MESSAGE_BYTES = 256 * 2 ** 20;

export const NO_VALUE = Buffer.alloc(0);

/** What one call appends to one subject. */
interface Run {
  readonly before: SubjectState;
  readonly items: AppendItem[];
}

/** Plans an append: checks each item, gives ids and writes chunks, expiry entries, keys, fences and heads. */
export class Append {
  readonly #transaction: Transaction;
  readonly #nowUs: number;
  readonly #publishTimeUs: number;
  readonly #runs = new Map<string, Run>();
  /** Largest tokens that this call has looked up or written, by the key of the fence: one for a batch of a thousand. */
  readonly #tokens = new Map<string, number>();

  constructor(transaction: Transaction, nowUs: number) {
    this.#transaction = transaction;
    this.#nowUs = nowUs;
    this.#publishTimeUs = Math.max(nowUs, transaction.state.lastPublishTimeUs + 1);
  }

  run(items: readonly AppendItem[]): readonly AppendResult[] {
    const results = items.map((item) => this.#item(item));
    if (this.#runs.size > 0) this.#transaction.setState({ lastPublishTimeUs: this.#publishTimeUs });
    for (const [subject, run] of this.#runs) this.#write(subject, run);
    return results;
  }

  #item(item: AppendItem): AppendResult {
    const { subject, idempotency, fence, expectedLastId } = item;
    const run = this.#runs.get(subject);
    const known = run?.before ?? this.#transaction.subject(subject);
    if (idempotency !== undefined && known !== undefined) {
      const earlier = this.#earlier(subject, known.number, idempotency);
      if (earlier !== undefined) return earlier;
    }
    if (fence !== undefined && known !== undefined) {
      const current = this.#token(subject, known.number, fence.lock);
      if (fence.token < current) return staleFence(subject, fence, current);
    }
    const lastId = known === undefined ? 0 : known.lastId + (run?.items.length ?? 0);
    if (expectedLastId !== undefined && expectedLastId !== lastId) {
      return unexpectedLastId(subject, expectedLastId, lastId);
    }
    if (item.body.length > MAX_MESSAGE_BYTES) {
      return messageTooLarge(MAX_MESSAGE_BYTES, item.body.length);
    }
    const id = lastId + 1;
    const number = this.#add(item, run, known);
    const expireTimeUs = expireTimeOf(item, this.#publishTimeUs);
    if (idempotency !== undefined) this.#remember(number, idempotency, id, expireTimeUs);
    if (fence !== undefined && fence.token !== this.#token(subject, number, fence.lock)) {
      const key = fenceKey(number, fence.lock);
      this.#transaction.put(key, encodeValue(key, [fence.token]));
      this.#tokens.set(tokenKey(number, fence.lock), fence.token);
    }
    return { id, publishTimeUs: this.#publishTimeUs, expireTimeUs, duplicate: false };
  }

  /** Adds the item to its subject's run and answers the subject's number. */
  #add(item: AppendItem, run: Run | undefined, known: SubjectState | undefined): number {
    if (run !== undefined) {
      run.items.push(item);
      return run.before.number;
    }
    const before = known ?? this.#transaction.createSubject(item.subject);
    this.#runs.set(item.subject, { before, items: [item] });
    return before.number;
  }

  /** The answer to an item whose idempotency key was used within its window. */
  #earlier(subject: string, number: number, { key, digest }: Idempotency): AppendResult | undefined {
    const dbKey = idempotencyKey(number, key);
    const value = this.#transaction.get(dbKey);
    if (value === undefined) return undefined;
    const decoded = decodeValue(dbKey, value, 4);
    if (decoded === undefined) throw damagedError(`an idempotency key of subject "${subject}"`, { subject });
    const [id = 0, publishTimeUs = 0, expireTimeUs = 0, forgottenTimeUs = 0] = decoded.numbers;
    if (forgottenTimeUs <= this.#nowUs) return undefined;
    if (decoded.tail.equals(digest)) return { id, publishTimeUs, expireTimeUs, duplicate: true };
    return keyReused(id);
  }

  #remember(number: number, idempotency: Idempotency, id: number, expireTimeUs: number): void {
    const transaction = this.#transaction;
    const key = idempotencyKey(number, idempotency.key);
    const forgottenTimeUs = this.#publishTimeUs + idempotency.windowUs;
    const old = transaction.get(key);
    const decoded = old === undefined ? undefined : decodeValue(key, old, 4);
    if (decoded !== undefined) transaction.remove(expiryKey(decoded.numbers[3] ?? 0, key));
    const numbers = [id, this.#publishTimeUs, expireTimeUs, forgottenTimeUs];
    transaction.put(key, encodeValue(key, numbers, idempotency.digest));
    transaction.insert(expiryKey(forgottenTimeUs, key), NO_VALUE);
  }

  #token(subject: string, number: number, lock: string): number {
    const name = tokenKey(number, lock);
    let token = this.#tokens.get(name);
    if (token === undefined) {
      const key = fenceKey(number, lock);
      const value = this.#transaction.get(key);
      const decoded = value === undefined ? undefined : decodeValue(key, value, 1);
      if (value !== undefined && decoded === undefined)
        throw damagedError(`a fence of subject "${subject}"`, { subject });
      token = decoded?.numbers[0] ?? 0;
      this.#tokens.set(name, token);
    }
    return token;
  }

  #write(subject: string, { before, items }: Run): void {
    const transaction = this.#transaction;
    const publishTimeUs = this.#publishTimeUs;
    const lastId = before.lastId + items.length;
    let { messages, bytes, firstId, trimmedTimeUs } = before;
    const chunks = encodeRun({ identity: before.number, firstId: before.lastId + 1, publishTimeUs, items });
    if (messages === 0) {
      const first = chunks[0]?.firstId ?? lastId + 1;
      trimmedTimeUs = chunks.length > 0 ? before.lastPublishTimeUs : publishTimeUs;
      firstId = first;
    }
    for (const chunk of chunks) {
      const key = chunkKey(before.number, chunk.firstId);
      transaction.insert(key, chunk.value);
      if (chunk.expireTimeUs !== 0) transaction.insert(expiryKey(chunk.expireTimeUs, key), NO_VALUE);
      messages += chunk.messages;
      bytes += chunk.bytes;
    }
    const { number } = before;
    transaction.setSubject(subject, {
      number,
      lastId,
      firstId,
      lastPublishTimeUs: publishTimeUs,
      messages,
      bytes,
      trimmedTimeUs,
    });
    transaction.hints.push({ kind: 'subject', subject, lastId });
  }
}

function tokenKey(number: number, lock: string): string {
  return `${number} ${lock}`;
}
