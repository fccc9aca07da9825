import { type Outcome, pipelined, type PipelineOptions } from '../../../../src/cli/stream/pipelined.js';

/** A server that answers when the test says so. */
class Answers {
  readonly sent: number[] = [];
  readonly reported: (readonly [number, string])[] = [];
  readonly #settlers = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>();
  #wake: (() => void) | undefined;

  readonly send = (item: number): Promise<string> => {
    this.sent.push(item);
    const answer = new Promise<string>((resolve, reject) => this.#settlers.set(item, { resolve, reject }));
    this.#wake?.();
    return answer;
  };

  readonly report = async (item: number, outcome: Outcome<string>): Promise<void> => {
    this.reported.push([item, outcome.ok ? outcome.result : (outcome.error as Error).message]);
  };

  async untilSent(count: number): Promise<void> {
    while (this.sent.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** A failure with the message `bad item` concerns its item alone. */
  options(window: number): PipelineOptions<number, string> {
    const concernsItem = (error: unknown): boolean => error instanceof Error && error.message === 'bad item';
    return { window, send: this.send, report: this.report, concernsItem };
  }

  answer(item: number): void {
    this.#settlers.get(item)?.resolve(`done ${item}`);
  }

  fail(item: number, message: string): void {
    this.#settlers.get(item)?.reject(new Error(message));
  }
}

test('keeps a window of items under way and reports them in their order', async () => {
  const answers = new Answers();
  const done = pipelined([1, 2, 3, 4], answers.options(3));
  await answers.untilSent(3);
  answers.answer(3);
  answers.answer(2);
  await new Promise(setImmediate);
  expect([answers.sent, answers.reported]).toEqual([[1, 2, 3], []]);
  answers.answer(1);
  await answers.untilSent(4);
  answers.answer(4);
  await done;
  expect(answers.reported).toEqual([1, 2, 3, 4].map((item) => [item, `done ${item}`]));
});

test('goes on after a failure that concerns its item alone, and throws the first one at the end', async () => {
  const answers = new Answers();
  const done = pipelined([1, 2, 3], answers.options(1));
  for (const item of [1, 2, 3]) {
    await answers.untilSent(item);
    if (item === 3) answers.answer(item);
    else answers.fail(item, 'bad item');
  }
  await expect(done).rejects.toThrow('bad item');
  expect(answers.reported).toEqual([
    [1, 'bad item'],
    [2, 'bad item'],
    [3, 'done 3'],
  ]);
});

test('sends nothing more after any other failure, but reports what was sent', async () => {
  const answers = new Answers();
  const done = pipelined([1, 2, 3, 4], answers.options(2));
  await answers.untilSent(2);
  answers.fail(1, 'gone');
  answers.answer(2);
  await expect(done).rejects.toThrow('gone');
  expect(answers.sent).toEqual([1, 2]);
  expect(answers.reported).toEqual([
    [1, 'gone'],
    [2, 'done 2'],
  ]);
});

test('reports an item while the next one is not there yet', async () => {
  const answers = new Answers();
  let more: (() => void) | undefined;
  async function* slow(): AsyncGenerator<number, void, void> {
    yield 1;
    await new Promise<void>((resolve) => (more = resolve));
  }
  const done = pipelined(slow(), answers.options(10));
  await answers.untilSent(1);
  answers.answer(1);
  await new Promise(setImmediate);
  expect(answers.reported).toEqual([[1, 'done 1']]);
  more?.();
  await done;
});
