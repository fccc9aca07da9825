/** What became of an item. */
export type Outcome<Result> =
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: unknown };

export interface PipelineOptions<Item, Result> {
  /** Items that may wait for their answer. */
  readonly window: number;
  readonly send: (item: Item) => Promise<Result>;
  /** Called for each item, in their order. */
  readonly report: (item: Item, outcome: Outcome<Result>) => Promise<void>;
  /** Whether a failure is about its item alone; any other one ends the work. */
  readonly concernsItem: (error: unknown) => boolean;
}

/**
 * Sends items without waiting for each answer.
 *
 * @throws the first failure, when all that could be sent is answered and reported
 */
export async function pipelined<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  { window, send, report, concernsItem }: PipelineOptions<Item, Result>,
): Promise<void> {
  const reports: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let over = false;

  const settle = async (sent: Promise<Result>): Promise<Outcome<Result>> => {
    try {
      return { ok: true, result: await sent };
    } catch (error) {
      failure ??= { error };
      over ||= !concernsItem(error);
      return { ok: false, error };
    }
  };
  for await (const item of items) {
    if (over) break;
    const settled = settle(send(item));
    last = Promise.all([settled, last]).then(([outcome]) => report(item, outcome));
    last.catch(() => undefined);
    reports.push(last);
    if (reports.length >= window) await reports.shift();
  }
  await last;
  if (failure !== undefined) throw failure.error;
}
