import type { Feed } from './feed.js';
import type { Pattern } from '../core/pattern.js';
import type { Delivery } from './subscriber.js';

export interface PatternListener {
  /**
   * This process is about to bring new messages of `subject` to its feed. `acquire` gives the feed, opened just before
   * them if nobody watched the subject, or undefined while it is still being opened. A feed that was opened since they
   * were stored has passed them already. May be called more than once for one batch when several patterns match.
   */
  touched(subject: string, written: readonly Delivery[], acquire: () => Feed | undefined): void;

  /**
   * `subject` has been written to, by whichever process; `publishTimeUs` is that of its last message, Infinity when it is
   * not known. May be called again and again for the same messages.
   */
  noticed(subject: string, publishTimeUs: number): void;

  /** Every matching subject with a message published at `timeUs` or before has been noticed since the listener was added. */
  swept(timeUs: number): void;
}

/** Subjects whose listeners are remembered. */
const CACHE_SIZE = 10_000;

/** Finds the listeners whose patterns match a subject. */
export class PatternIndex {
  readonly #listeners = new Map<string, { readonly pattern: Pattern; readonly listeners: Set<PatternListener> }>();
  readonly #cache = new Map<string, readonly PatternListener[]>();

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Everybody who watches, once. */
  get listeners(): ReadonlySet<PatternListener> {
    const all = new Set<PatternListener>();
    for (const { listeners } of this.#listeners.values()) for (const listener of listeners) all.add(listener);
    return all;
  }

  /** Beginnings of subjects; whatever a pattern matches has exactly one of them. */
  get prefixes(): readonly string[] {
    const prefixes: string[] = [];
    for (const prefix of [...this.#listeners.values()].map(({ pattern }) => pattern.prefix).toSorted()) {
      // In order, so the shorter of two that begin alike comes first, with nothing else in between.
      if (prefixes.length === 0 || !prefix.startsWith(prefixes.at(-1)!)) prefixes.push(prefix);
    }
    return prefixes;
  }

  add(pattern: Pattern, listener: PatternListener): () => void {
    let entry = this.#listeners.get(pattern.text);
    if (entry === undefined) {
      entry = { pattern, listeners: new Set() };
      this.#listeners.set(pattern.text, entry);
    }
    entry.listeners.add(listener);
    this.#cache.clear();
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && this.#listeners.get(pattern.text) === entry) {
        this.#listeners.delete(pattern.text);
      }
      this.#cache.clear();
    };
  }

  match(subject: string): readonly PatternListener[] {
    if (this.isEmpty) return [];
    const cached = this.#cache.get(subject);
    if (cached !== undefined) return cached;
    const found = new Set<PatternListener>();
    for (const { pattern, listeners } of this.#listeners.values()) {
      if (pattern.matches(subject)) for (const listener of listeners) found.add(listener);
    }
    const matched = [...found];
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(subject, matched);
    return matched;
  }
}
