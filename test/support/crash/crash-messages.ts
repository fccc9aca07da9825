import type { OutgoingMessage } from '../../../src/client/index.js';
import { digestOf } from '../history.js';
import type { Random } from '../random.js';

/** Subjects of the load; all begin with the prefix of {@link CRASH_PATTERN}. */
export const CRASH_SUBJECTS = ['crash.orders', 'crash.payments', 'crash.audit.trail'] as const;

export const CRASH_PATTERN = 'crash.>';

export function anyCrashSubject(_count: number, random: Random): string {
  return CRASH_SUBJECTS[random.below(CRASH_SUBJECTS.length)] ?? CRASH_SUBJECTS[0];
}

export interface CrashMessage extends OutgoingMessage {
  readonly body: Buffer;
  readonly sha: string;
}

export interface CrashMessagesOptions {
  readonly client: string;
  readonly random: Random;
  /** With idempotency keys. */
  readonly keyed: boolean;
  /** Of the message with this number, from 1. */
  readonly subjectOf: (count: number, random: Random) => string;
  /** Whether the message with this number is fired and forgotten. */
  readonly isTransient: (count: number, subject: string, random: Random) => boolean;
}

/** The messages of one publisher: no two of all publishers have equal bodies. */
export class CrashMessages {
  readonly #options: CrashMessagesOptions;
  readonly #random: Random;
  #count = 0;

  constructor(options: CrashMessagesOptions) {
    this.#options = options;
    this.#random = options.random;
  }

  /** One message in 64 is of some thousand bytes, one in 32 asks for what the broker must refuse. */
  next(): CrashMessage {
    const { client, keyed, subjectOf, isTransient } = this.#options;
    const name = `${client} ${++this.#count}`;
    const size = this.#random.below(64) === 0 ? this.#random.below(8000) : this.#random.below(150);
    const body = Buffer.concat([Buffer.from(`${name} `), this.#random.bytes(size)]);
    const subject = subjectOf(this.#count, this.#random);
    return {
      subject,
      body,
      sha: digestOf(body),
      ...(keyed ? { idempotencyKey: name } : {}),
      ...(isTransient(this.#count, subject, this.#random) ? { fireAndForget: true } : {}),
      ...(this.#random.below(32) === 0 ? { expectedLastId: 0 } : {}),
    };
  }
}
