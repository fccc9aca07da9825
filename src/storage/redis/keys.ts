import { crc32 } from 'node:zlib';

/**
 * In how many parts the keys are cut, each with a hash tag of its own. Fixed for ever: it decides where a subject is.
 * Sixty-four spread evenly over up to about twenty masters, and are few enough to ask all of them at once.
 */
export const TAGS = 64;

/** The tag of a subject or partition: `0` to `63`. */
export function tagOf(name: string): number {
  return crc32(name) % TAGS;
}

/**
 * The keys, `<prefix>:{<tag>}:<rest>`. Everything of one subject or partition has the same tag and so is in one slot of a
 * cluster. README.md says what each key holds.
 */
export class RedisKeys {
  readonly #heads: readonly string[];

  constructor(prefix: string) {
    this.#heads = Array.from({ length: TAGS }, (_, tag) => `${prefix}:{${tag}}:`);
  }

  life(tag: number): string {
    return `${this.#head(tag)}life`;
  }

  settled(tag: number): string {
    return `${this.#head(tag)}settled`;
  }

  sent(tag: number, writer: string): string {
    return `${this.#head(tag)}sent:${writer}`;
  }

  subjects(tag: number): string {
    return `${this.#head(tag)}subjects`;
  }

  due(tag: number): string {
    return `${this.#head(tag)}due`;
  }

  versions(tag: number): string {
    return `${this.#head(tag)}versions`;
  }

  /** The channel on which the writers of this tag tell what they have written. */
  hints(tag: number): string {
    return `${this.#head(tag)}hints`;
  }

  state(tag: number, subject: string): string {
    return `${this.#head(tag)}s:${subject}`;
  }

  chunks(tag: number, subject: string): string {
    return `${this.#head(tag)}c:${subject}`;
  }

  transient(tag: number, subject: string): string {
    return `${this.#head(tag)}t:${subject}`;
  }

  idempotency(tag: number, subject: string, key: string): string {
    return `${this.#head(tag)}i:${subject.length}:${subject}${key}`;
  }

  records(tag: number, partition: string): string {
    return `${this.#head(tag)}r:${partition}`;
  }

  recordKeys(tag: number, partition: string): string {
    return `${this.#head(tag)}o:${partition}`;
  }

  #head(tag: number): string {
    return this.#heads[tag] as string;
  }
}
