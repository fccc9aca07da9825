import type { Hint } from '../storage.js';
import type { View } from './committed.js';
import type { Write } from './database.js';
import { headKey, nameKey, STATE_KEY } from './keys.js';
import { encodeStoreState, keySum } from './store-state.js';
import type { StoreState } from './store-state.js';
import { encodeSubjectState, newSubjectState } from './subject-state.js';
import type { SubjectState } from './subject-state.js';
import { encodeValue } from './values.js';

/**
 * Changes that are not committed yet, over a view of what is below them. Nothing below changes until the transaction is
 * merged or written, so dropping it is all that a failure needs.
 */
export class Transaction implements View {
  readonly #below: View;
  readonly #writes = new Map<string, Write>();
  readonly subjects = new Map<string, SubjectState>();
  readonly hints: Hint[] = [];
  #state: StoreState;

  constructor(below: View) {
    this.#below = below;
    this.#state = below.state;
  }

  get state(): StoreState {
    return this.#state;
  }

  get changed(): boolean {
    return this.#writes.size > 0 || this.subjects.size > 0;
  }

  get(key: Buffer): Buffer | undefined {
    const write = this.#writes.get(key.toString('latin1'));
    return write === undefined ? this.#below.get(key) : write[1];
  }

  subject(name: string): SubjectState | undefined {
    return this.subjects.get(name) ?? this.#below.subject(name);
  }

  /** Writes a key that does not exist. */
  insert(key: Buffer, value: Buffer): void {
    this.setState({ keySum: keySum(this.#state.keySum, key, 1) });
    this.#writes.set(key.toString('latin1'), [key, value]);
  }

  /** Writes a key, whether it exists or not. */
  put(key: Buffer, value: Buffer): void {
    if (this.get(key) === undefined) this.insert(key, value);
    else this.#writes.set(key.toString('latin1'), [key, value]);
  }

  /** Removes a key that exists. */
  remove(key: Buffer): void {
    this.setState({ keySum: keySum(this.#state.keySum, key, -1) });
    this.#writes.set(key.toString('latin1'), [key, undefined]);
  }

  setState(change: Partial<StoreState>): void {
    this.#state = { ...this.#state, ...change };
  }

  setSubject(name: string, state: SubjectState): void {
    this.subjects.set(name, state);
  }

  /** Gives a new subject its number; the caller sets its state. */
  createSubject(name: string): SubjectState {
    const number = this.#state.nextSubjectNumber;
    this.setState({ nextSubjectNumber: number + 1, keySum: keySum(this.#state.keySum, headKey(name), 1) });
    const key = nameKey(number);
    this.insert(key, encodeValue(key, [], Buffer.from(name)));
    return newSubjectState(number);
  }

  /** Adds the changes of a transaction that was begun over this one. */
  merge(above: Transaction): void {
    for (const [name, write] of above.#writes) this.#writes.set(name, write);
    for (const [name, state] of above.subjects) this.subjects.set(name, state);
    for (const hint of above.hints) this.hints.push(hint);
    this.#state = above.#state;
  }

  /** Everything to be written, the heads and the store's state included. */
  *writes(): Generator<Write, void, void> {
    yield* this.#writes.values();
    for (const [name, state] of this.subjects) {
      const key = headKey(name);
      yield [key, encodeSubjectState(key, state)];
    }
    yield [STATE_KEY, encodeStoreState(this.#state)];
  }
}
