import fc from 'fast-check';
import { BrokerError } from '../../../src/core/errors.js';
import type { AppendItem, MessageLog } from '../../../src/storage/storage.js';
import type { ClauseCase, ClauseContext } from './clause.js';
import { idsOf, item, readAll, readOne, textOf } from './items.js';
import { ReferenceSubject } from './reference-log.js';

/** One step of a run; numbers that need a subject's state to mean something are reduced by it when the step is made. */
type Step =
  | { readonly kind: 'append'; readonly items: readonly StepItem[] }
  | { readonly kind: 'purge'; readonly subject: number; readonly beforeId: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'advance'; readonly ms: number }
  | {
      readonly kind: 'read';
      readonly subject: number;
      readonly fromId: number;
      readonly maxMessages: number;
      readonly backwards: boolean;
    };

interface StepItem {
  readonly subject: number;
  readonly ttlUs: number;
  readonly transient: boolean;
  readonly expected: number | undefined;
  readonly token: number | undefined;
}

const SUBJECTS = 3;
const RUNS = 60;

/** Lives end between the whole milliseconds by which time passes, however many appends push publish times ahead. */
const LIVES_US = [0, 10_500, 40_500];

function steps(timed: boolean): fc.Arbitrary<Step[]> {
  const subject = fc.nat(SUBJECTS - 1);
  const stepItem = fc.record({
    subject,
    ttlUs: timed ? fc.constantFrom(...LIVES_US) : fc.constant(0),
    transient: fc.boolean(),
    expected: fc.option(fc.nat(6), { nil: undefined, freq: 4 }),
    token: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 4 }),
  });
  const read = fc.record({
    kind: fc.constant('read' as const),
    subject,
    fromId: fc.integer({ min: 1, max: 12 }),
    maxMessages: fc.integer({ min: 1, max: 6 }),
    backwards: fc.boolean(),
  });
  const untimed: fc.Arbitrary<Step>[] = [
    fc.record({ kind: fc.constant('append' as const), items: fc.array(stepItem, { maxLength: 6 }) }),
    fc.record({ kind: fc.constant('purge' as const), subject, beforeId: fc.integer({ min: 1, max: 12 }) }),
    fc.constant({ kind: 'expire' as const }),
    read,
    read,
  ];
  const advance = fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 30 }) });
  return fc.array(fc.oneof(...untimed, ...(timed ? [advance] : [])), { maxLength: 30 });
}

class ModelRun {
  readonly #log: MessageLog;
  readonly #context: ClauseContext;
  readonly #prefix: string;
  readonly #subjects = Array.from({ length: SUBJECTS }, () => new ReferenceSubject());
  #texts = 0;

  constructor(context: ClauseContext, run: number) {
    this.#log = context.storage.log;
    this.#context = context;
    this.#prefix = `run${run}.`;
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(step.items.map((each) => this.#item(each)));
      case 'purge':
        return this.#purge(step.subject, step.beforeId);
      case 'expire':
        await this.#log.expire();
        return;
      case 'advance':
        return this.#context.time.advance(step.ms);
      case 'read':
        return this.#read(step);
    }
  }

  /** Every subject reads as its reference does, from both ends, message by message. */
  async checkAll(): Promise<void> {
    for (const [index, reference] of this.#subjects.entries()) {
      const subject = this.#prefix + index;
      const existing = reference.existing(this.#nowUs());
      const messages = await readAll(this.#log, subject, { page: 3 });
      const plain = messages.map((each) => ({ id: each.id, text: textOf(each), expireTimeUs: each.expireTimeUs }));
      expect(plain).toEqual(existing);
      const heads = await this.#log.heads([subject]);
      expect(heads[0]?.lastId).toBe(reference.lastId);
      expect(heads[0]?.firstId).toBeLessThanOrEqual(existing[0]?.id ?? reference.lastId + 1);
      for (let id = 1; id <= reference.lastId; id += 1) {
        expect(textOf(await this.#log.get(subject, id))).toBe(existing.find((each) => each.id === id)?.text);
      }
    }
  }

  #item({ subject, ttlUs, transient, expected, token }: StepItem): AppendItem {
    return item(this.#prefix + subject, `text ${(this.#texts += 1)}`, {
      ttlUs,
      transient,
      ...(expected === undefined ? {} : { expectedLastId: expected }),
      ...(token === undefined ? {} : { fence: { lock: 'lock', token } }),
    });
  }

  async #append(items: readonly AppendItem[]): Promise<void> {
    const results = await this.#log.append(items);
    const outcomes = results.map((each) => (each instanceof BrokerError ? each.reason : String(each.id)));
    const expected = items.map((each, index) =>
      this.#reference(each.subject).append(each, results[index] ?? new BrokerError('INTERNAL', 'no result')),
    );
    expect(outcomes).toEqual(expected);
  }

  async #purge(subject: number, beforeId: number): Promise<void> {
    const reference = this.#reference(this.#prefix + subject);
    if (reference.lastId === 0) return;
    const existing = reference.existing(this.#nowUs()).filter(({ id }) => id < beforeId);
    const purged = await this.#log.purge(this.#prefix + subject, { beforeId, dryRun: false });
    // What had expired but was still stored may be counted too.
    expect(purged.messages).toBeGreaterThanOrEqual(existing.length);
    reference.purge(beforeId);
  }

  async #read(step: Extract<Step, { kind: 'read' }>): Promise<void> {
    const { fromId, maxMessages, backwards } = step;
    const subject = this.#prefix + step.subject;
    const reference = this.#reference(subject);
    const page = await readOne(this.#log, { subject, fromId, maxMessages, backwards });
    const existing = reference.existing(this.#nowUs()).map(({ id }) => id);
    const wanted = backwards
      ? existing.filter((id) => id <= fromId).toReversed()
      : existing.filter((id) => id >= fromId);
    const got = idsOf(page.messages);
    expect(got).toEqual(wanted.slice(0, got.length));
    expect(got.length).toBeLessThanOrEqual(maxMessages);
    expect(page.lastId).toBe(reference.lastId);
    // Whatever was not returned lies where the reader goes on.
    const left = wanted.slice(got.length);
    for (const id of left) {
      if (backwards) expect(id).toBeLessThanOrEqual(page.nextId);
      else expect(id).toBeGreaterThanOrEqual(page.nextId);
    }
    if (left.length > 0) expect(got.length).toBeGreaterThan(0);
  }

  #reference(subject: string): ReferenceSubject {
    return this.#subjects[Number(subject.slice(this.#prefix.length))] as ReferenceSubject;
  }

  #nowUs(): number {
    return this.#context.time.nowUs?.() ?? 0;
  }
}

export const modelCases: readonly ClauseCase[] = [
  {
    title: 'behaves as a plain model does, whatever the order of what is done',
    run: async (context) => {
      let run = 0;
      const property = fc.asyncProperty(steps(context.time.nowUs !== undefined), async (list) => {
        const model = new ModelRun(context, (run += 1));
        for (const step of list) await model.step(step);
        await model.checkAll();
      });
      await fc.assert(property, { numRuns: RUNS });
    },
  },
];
