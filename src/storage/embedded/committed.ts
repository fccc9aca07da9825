import type { Database } from './database.js';
import { headKey } from './keys.js';
import type { StoreState } from './store-state.js';
import { decodeSubjectState } from './subject-state.js';
import type { SubjectState } from './subject-state.js';

/** What a transaction, or what is committed, looks like to those who read and plan. */
export interface View {
  readonly state: StoreState;
  get(key: Buffer): Buffer | undefined;
  subject(name: string): SubjectState | undefined;
}

/** Most subjects whose state is kept in memory; the rest is read when needed. About 200 bytes each. */
const MAX_CACHED_SUBJECTS = 100_000;

/** What is on disk, with the state of recently used subjects in memory. */
export class Committed implements View {
  /** Insertion order is the order of last use. */
  readonly #subjects = new Map<string, SubjectState>();

  constructor(
    readonly database: Database,
    public state: StoreState,
  ) {}

  get(key: Buffer): Buffer | undefined {
    return this.database.get(key);
  }

  subject(name: string): SubjectState | undefined {
    let state = this.#subjects.get(name);
    if (state === undefined) {
      const value = this.database.get(headKey(name));
      if (value === undefined) return undefined;
      state = decodeSubjectState(name, value);
    }
    this.#keep(name, state);
    return state;
  }

  /** Takes over what a transaction has written, once it is on disk. */
  apply(state: StoreState, subjects: ReadonlyMap<string, SubjectState>): void {
    this.state = state;
    for (const [name, subject] of subjects) this.#keep(name, subject);
  }

  #keep(name: string, state: SubjectState): void {
    this.#subjects.delete(name);
    this.#subjects.set(name, state);
    if (this.#subjects.size <= MAX_CACHED_SUBJECTS) return;
    for (const oldest of this.#subjects.keys()) {
      this.#subjects.delete(oldest);
      return;
    }
  }
}
