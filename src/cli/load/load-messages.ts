const LETTERS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa'];
const SUFFIXES = 16;

/** Seconds that a message lives, at least and at most. */
const LEAST_LIFE = 10;
const MOST_LIFE = 20;

/** Bytes that a stamp takes, and after how many microseconds it begins again: 12 days. */
export const STAMP_BYTES = 5;
const STAMP_PERIOD_US = 2 ** (8 * STAMP_BYTES);

export interface LoadMessage {
  readonly subject: string;
  readonly body: Buffer;
  readonly lifeSeconds: number;
}

/** All subjects of a load: ten Greek letters, each with four binary digits. */
export function loadSubjects(prefix: string): readonly string[] {
  return LETTERS.flatMap((letter) =>
    Array.from({ length: SUFFIXES }, (_, suffix) => `${prefix}${letter}${suffix.toString(2).padStart(4, '0')}`),
  );
}

/** Random messages: one of the subjects, a body of `minBytes` to `maxBytes`, and 10 to 20 s of life. */
export class LoadMessages {
  readonly #subjects: readonly string[];
  readonly #minBytes: number;
  readonly #maxBytes: number;
  readonly #random: () => number;

  /** @param bodyBytes at least {@link STAMP_BYTES} */
  constructor(
    subjects: readonly string[],
    bodyBytes: { readonly min: number; readonly max: number },
    random: () => number = Math.random,
  ) {
    this.#subjects = subjects;
    this.#minBytes = bodyBytes.min;
    this.#maxBytes = bodyBytes.max;
    this.#random = random;
  }

  /** @param dueUs microseconds since the Unix epoch, with which the body begins */
  next(dueUs: number): LoadMessage {
    const body = Buffer.allocUnsafe(this.#between(this.#minBytes, this.#maxBytes));
    for (let index = STAMP_BYTES; index < body.length; index++) body[index] = this.#between(0x61, 0x7a);
    body.writeUIntBE(Math.round(dueUs) % STAMP_PERIOD_US, 0, STAMP_BYTES);
    return {
      subject: this.#subjects[this.#between(0, this.#subjects.length - 1)] ?? '',
      body,
      lifeSeconds: this.#between(LEAST_LIFE, MOST_LIFE),
    };
  }

  #between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }
}

/** Microseconds from the stamp of a body to `us`; negative when the stamp is later. Undefined for a body without one. */
export function sinceStamp(body: Buffer, us: number): number | undefined {
  if (body.length < STAMP_BYTES) return undefined;
  const since = (Math.round(us) % STAMP_PERIOD_US) - body.readUIntBE(0, STAMP_BYTES);
  if (since > STAMP_PERIOD_US / 2) return since - STAMP_PERIOD_US;
  return since < -STAMP_PERIOD_US / 2 ? since + STAMP_PERIOD_US : since;
}
