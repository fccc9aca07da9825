import type { OutgoingMessage } from '../../../src/client/index.js';
import { digestOf } from '../history.js';
import type { Random } from '../random.js';

/** Subjects of the load; all begin with the prefix of {@link CRASH_PATTERN}. */
export const CRASH_SUBJECTS = ['crash.orders', 'crash.payments', 'crash.audit.trail'] as const;

export const CRASH_PATTERN = 'crash.>';

export interface CrashMessage extends OutgoingMessage {
  readonly body: Buffer;
  readonly sha: string;
}

/** The messages of one publisher: no two of all publishers have equal bodies. */
export class CrashMessages {
  readonly #client: string;
  readonly #random: Random;
  readonly #keyed: boolean;
  #count = 0;

  constructor(client: string, random: Random, keyed: boolean) {
    this.#client = client;
    this.#random = random;
    this.#keyed = keyed;
  }

  /** One message in 64 is of some thousand bytes, one in 32 asks for what the broker must refuse. */
  next(): CrashMessage {
    const name = `${this.#client} ${++this.#count}`;
    const size = this.#random.below(64) === 0 ? this.#random.below(8000) : this.#random.below(150);
    const body = Buffer.concat([Buffer.from(`${name} `), this.#random.bytes(size)]);
    return {
      subject: CRASH_SUBJECTS[this.#random.below(CRASH_SUBJECTS.length)] ?? CRASH_SUBJECTS[0],
      body,
      sha: digestOf(body),
      ...(this.#keyed ? { idempotencyKey: name } : {}),
      ...(this.#random.below(32) === 0 ? { expectedLastId: 0 } : {}),
    };
  }
}
