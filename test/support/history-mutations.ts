import type { ViolationKind } from './check-history.js';
import type { PublishOperation, ReadOperation, SeenMessages } from './history.js';
import type { Random } from './random.js';
import type { SampleHistory } from './sample-history.js';

function ackedIn({ operations }: SampleHistory, subject = 'a'): PublishOperation[] {
  return operations
    .filter((operation) => operation.op === 'publish')
    .filter(({ outcome, transient }) => outcome === 'acked' && transient === undefined)
    .filter((operation) => operation.subject === subject);
}

function replace(sample: SampleHistory, before: PublishOperation, changed: Partial<PublishOperation>): void {
  sample.operations[sample.operations.indexOf(before)] = { ...before, ...changed };
}

function log(sample: SampleHistory) {
  return sample.finalLog.get('a') ?? [];
}

function lastIdOf(sample: SampleHistory): number {
  return log(sample).at(-1)?.id ?? 0;
}

function indexOf(sample: SampleHistory, id: number): number {
  return log(sample).findIndex((stored) => stored.id === id);
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error('the sample is too small');
  return item;
}

/** Changes one delivered batch of the reader that gets everything long after it is acknowledged. */
function changeDelivery(
  sample: SampleHistory,
  change: (seen: SeenMessages, index: number) => Partial<SeenMessages>,
): void {
  for (const operation of sample.operations) {
    if (operation.op !== 'subscribe' || operation.client !== 'late reader' || !('a' in operation.after)) continue;
    const batch = operation.seen.find(({ ids }) => ids.length >= 3);
    if (batch === undefined) continue;
    const seen = operation.seen as SeenMessages[];
    seen[seen.indexOf(batch)] = { ...batch, ...change(batch, 1) };
    return;
  }
  throw new Error('the sample has no batch of three');
}

/** Makes a correct history wrong. */
type Mutation = (sample: SampleHistory, random: Random) => void;

/** Names of mutations, what the checker must find, and how to do it. The sample has subjects a and b. */
export const HISTORY_MUTATIONS: readonly (readonly [string, ViolationKind, Mutation])[] = [
  [
    'an acknowledged message that is gone',
    'acked message lost',
    (sample, random) => {
      const { id } = pick(random, ackedIn(sample));
      log(sample).splice(indexOf(sample, id), 1);
    },
  ],
  [
    'an acknowledged message that is gone from the end',
    'acked message lost',
    (sample) => {
      const { id } = ackedIn(sample).at(-1) ?? { id: 0 };
      log(sample).splice(indexOf(sample, id));
    },
  ],
  [
    'a message that somebody read and that is gone',
    'seen message lost',
    (sample, random) => {
      const stored = pick(random, log(sample));
      log(sample).splice(log(sample).indexOf(stored), 1);
    },
  ],
  [
    'two messages of the log that changed places',
    'body differs',
    (sample, random) => {
      const index = random.below(log(sample).length - 1);
      const [first, second] = log(sample).slice(index, index + 2);
      if (first === undefined || second === undefined) return;
      log(sample).splice(index, 2, { id: first.id, sha: second.sha }, { id: second.id, sha: first.sha });
    },
  ],
  [
    'two acknowledgements that changed places',
    'body differs',
    (sample) => {
      const [first, second] = ackedIn(sample);
      if (first === undefined || second === undefined) return;
      replace(sample, first, { id: second.id });
      replace(sample, second, { id: first.id });
    },
  ],
  [
    'an id that two publishers were given',
    'id twice',
    (sample) => {
      const [first, second] = ackedIn(sample);
      if (first !== undefined && second !== undefined) replace(sample, second, { id: first.id });
    },
  ],
  ['an id that is in the log twice', 'id twice', (sample, random) => void log(sample).push(pick(random, log(sample)))],
  [
    'a message that is in the log again',
    'stored twice',
    (sample, random) => void log(sample).push({ id: lastIdOf(sample) + 1, sha: pick(random, log(sample)).sha }),
  ],
  [
    'a hole in the ids',
    'ids not dense',
    (sample) => void log(sample).push({ id: lastIdOf(sample) + 100, sha: 'body x' }),
  ],
  [
    'a message that nobody published',
    'phantom',
    (sample) => void log(sample).push({ id: lastIdOf(sample) + 1, sha: 'body x' }),
  ],
  [
    'a message that was published to another subject',
    'phantom',
    (sample, random) => {
      const { sha } = pick(random, ackedIn(sample, 'b'));
      log(sample).push({ id: lastIdOf(sample) + 1, sha });
    },
  ],
  [
    'a refused message that is stored',
    'refused but stored',
    (sample, random) => replace(sample, pick(random, ackedIn(sample)), { outcome: 'refused', id: 0 }),
  ],
  [
    'a fire-and-forget message that is stored',
    'transient stored',
    (sample) => {
      const { id, sha } = addTransient(sample);
      log(sample).push({ id, sha });
    },
  ],
  [
    'a fire-and-forget message that is listed',
    'transient stored',
    (sample) => {
      const { id, sha, returnNs } = addTransient(sample);
      const seen = [{ subject: 'a', seenNs: returnNs, ids: [id], shas: [sha] }];
      sample.operations.push({ op: 'list', client: 'lister', after: { a: id - 1 }, seen, complete: false });
    },
  ],
  [
    'a fire-and-forget message that has two ids',
    'stored twice',
    (sample) => {
      const { id, sha, returnNs } = addTransient(sample);
      const seen = [{ subject: 'a', seenNs: returnNs, ids: [id + 1], shas: [sha] }];
      sample.operations.push({ op: 'subscribe', client: 'reader', after: { a: id - 1 }, seen, complete: false });
    },
  ],
  [
    'a fire-and-forget message with the id of a stored one',
    'body differs',
    (sample, random) => void addTransient(sample, pick(random, log(sample)).id),
  ],
  [
    'an id below one that was acknowledged before',
    'real-time order',
    (sample) => {
      const [first, second] = ackedIn(sample);
      if (first === undefined || second === undefined) return;
      replace(sample, second, { invokeNs: -30, returnNs: -20 });
      replace(sample, first, { invokeNs: -10, returnNs: -5 });
    },
  ],
  [
    'a publish that began after a reader had seen a larger id',
    'late arrival',
    (sample) => {
      const publish = ackedIn(sample)[0];
      if (publish === undefined) return;
      replace(sample, publish, { outcome: 'unknown', id: 0, invokeNs: 1e6, returnNs: 2e6 });
      for (const operation of sample.operations)
        if (operation.op === 'publish' && operation.subject === 'a') makeUnknown(sample, operation);
    },
  ],
  [
    'a message that appeared behind a reader',
    'late arrival',
    (sample) => {
      const [first, second] = log(sample);
      if (first === undefined || second === undefined) return;
      sample.operations.splice(
        0,
        sample.operations.length,
        {
          op: 'publish',
          client: 'p',
          subject: 'a',
          sha: first.sha,
          invokeNs: 0,
          returnNs: 90,
          outcome: 'acked',
          id: 1,
        },
        {
          op: 'publish',
          client: 'q',
          subject: 'a',
          sha: second.sha,
          invokeNs: 1,
          returnNs: 20,
          outcome: 'acked',
          id: 2,
        },
        {
          op: 'list',
          client: 'r',
          after: { a: 0 },
          seen: [{ subject: 'a', seenNs: 30, ids: [2], shas: [second.sha] }],
          complete: false,
        },
      );
      sample.finalLog.set('a', [
        { id: 1, sha: first.sha },
        { id: 2, sha: second.sha },
      ]);
      sample.finalLog.delete('b');
    },
  ],
  [
    'a delivery that is left out',
    'delivery missed',
    (sample) =>
      changeDelivery(sample, ({ ids, shas }, at) => ({ ids: ids.toSpliced(at, 1), shas: shas.toSpliced(at, 1) })),
  ],
  [
    'a reader that stops before the end',
    'delivery missed',
    (sample) => {
      const index = sample.operations.findIndex(
        (operation) => operation.op === 'subscribe' && operation.client === 'late reader' && operation.complete,
      );
      const read = sample.operations[index] as ReadOperation;
      const after = read.seen.length > 0 ? read.after : { a: (read.after['a'] ?? 0) - 1 };
      sample.operations[index] = { ...read, after, seen: read.seen.slice(0, -1) };
    },
  ],
  [
    'a delivery that comes twice',
    'delivered twice',
    (sample) =>
      changeDelivery(sample, ({ ids, shas }, at) => ({
        ids: ids.toSpliced(at, 0, ids[at] ?? 0),
        shas: shas.toSpliced(at, 0, shas[at] ?? ''),
      })),
  ],
  [
    'a delivery of what was read before the cursor',
    'delivered twice',
    (sample) => {
      const resumed = sample.operations.find(
        (operation): operation is ReadOperation =>
          operation.op === 'subscribe' && (operation.after['a'] ?? 0) > 0 && operation.seen.length > 0,
      );
      if (resumed === undefined) throw new Error('no reader resumed');
      const before = resumed.after['a'] ?? 0;
      (resumed.seen as SeenMessages[]).unshift({
        subject: 'a',
        seenNs: resumed.seen[0]?.seenNs ?? 0,
        ids: [before],
        shas: [log(sample)[indexOf(sample, before)]?.sha ?? ''],
      });
    },
  ],
  [
    'two deliveries that changed places',
    'out of order',
    (sample) =>
      changeDelivery(sample, ({ ids, shas }, at) => ({
        ids: ids.toSpliced(at, 2, ids[at + 1] ?? 0, ids[at] ?? 0),
        shas: shas.toSpliced(at, 2, shas[at + 1] ?? '', shas[at] ?? ''),
      })),
  ],
  [
    'a delivery with the body of another message',
    'body differs',
    (sample) => changeDelivery(sample, ({ shas }) => ({ shas: shas.toReversed() })),
  ],
  [
    'a message that was known and is not found',
    'not found',
    (sample, random) => {
      const { id } = pick(random, log(sample));
      const fetch = { op: 'fetch', client: 'fetcher', subject: 'a', id, sha: '' } as const;
      sample.operations.push({ ...fetch, invokeNs: 1e6, returnNs: 2e6, outcome: 'absent' });
    },
  ],
];

/** One more acknowledged publish, after all others. */
function addTransient(sample: SampleHistory, id = lastIdOf(sample) + 20): PublishOperation {
  const publish = { op: 'publish', client: 'p', subject: 'a', sha: 'body x', outcome: 'acked', id } as const;
  const operation = { ...publish, invokeNs: 1e6, returnNs: 1e6 + 1, transient: true } as const;
  sample.operations.push(operation);
  return operation;
}

function makeUnknown(sample: SampleHistory, publish: PublishOperation): void {
  if (publish.outcome === 'acked') replace(sample, publish, { outcome: 'unknown', id: 0 });
}
