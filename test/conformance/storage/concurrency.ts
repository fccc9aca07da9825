import type { MessageLog } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';
import { ANY_BYTES, append, idsOf, item, readAll, textOf } from './items.js';

const APPENDERS = 50;
const ROUNDS = 8;
const SUBJECTS = ['a', 'b', 'c'];

/** Fifty writers at once, each of them over all subjects; answers the ids that they were given. */
async function appendInParallel(logs: readonly MessageLog[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const ids = new Map(SUBJECTS.map((subject) => [subject, [] as number[]]));
  const write = async (_: unknown, appender: number): Promise<void> => {
    const log = logs[appender % logs.length] as MessageLog;
    for (let round = 0; round < ROUNDS; round += 1) {
      const subject = SUBJECTS[(appender + round) % SUBJECTS.length] as string;
      const results = await append(log, ...[0, 1].map((part) => item(subject, `${appender}/${2 * round + part}`)));
      ids.get(subject)?.push(...results.map(({ id }) => id));
    }
  };
  await Promise.all(Array.from({ length: APPENDERS }, write));
  return ids;
}

async function checkParallelAppends(reader: MessageLog, writers: readonly MessageLog[]): Promise<void> {
  const ids = await appendInParallel(writers);
  let total = 0;
  for (const [subject, given] of ids) {
    const dense = Array.from({ length: given.length }, (_, index) => index + 1);
    expect(given.toSorted((a, b) => a - b)).toEqual(dense);
    const messages = await readAll(reader, subject);
    expect(idsOf(messages)).toEqual(dense);
    total += messages.length;
    const latest = new Map<string, number>();
    for (const message of messages) {
      const [appender = '', count = ''] = (textOf(message) ?? '').split('/');
      expect(Number(count)).toBeGreaterThan(latest.get(appender) ?? -1);
      latest.set(appender, Number(count));
    }
  }
  expect(total).toBe(APPENDERS * ROUNDS * 2);
}

/** Reads while others write: whoever goes on at `nextId` must in the end have seen everything that is there. */
async function checkNoLateArrival(reader: MessageLog, writers: readonly MessageLog[]): Promise<void> {
  const seen = new Map(SUBJECTS.map((subject) => [subject, [] as number[]]));
  const next = new Map(SUBJECTS.map((subject) => [subject, 1]));
  /** True when everything there was has been read. */
  const poll = async (): Promise<boolean> => {
    let caughtUp = true;
    const ranges = SUBJECTS.map((subject) => ({ subject, fromId: next.get(subject) ?? 1, maxMessages: 7 }));
    for (const [index, result] of (await reader.read(ranges, ANY_BYTES)).entries()) {
      const subject = SUBJECTS[index] as string;
      seen.get(subject)?.push(...idsOf(result.messages));
      next.set(subject, result.nextId);
      caughtUp &&= result.nextId > result.lastId;
    }
    return caughtUp;
  };
  let writing = true;
  const finished = appendInParallel(writers).finally(() => (writing = false));
  while (writing) {
    await poll();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finished;
  while (!(await poll()));
  for (const subject of SUBJECTS) expect(seen.get(subject)).toEqual(idsOf(await readAll(reader, subject)));
}

export const concurrencyCases: readonly ClauseCase[] = [
  {
    title: 'gives parallel appenders dense, unique ids and keeps the order of each',
    run: ({ storage: { log } }) => checkParallelAppends(log, [log]),
  },
  {
    title: 'does so over two processes',
    appliesTo: ({ shared }) => shared,
    run: async ({ storage: { log }, openPeer }) => checkParallelAppends(log, [log, (await openPeer()).log]),
  },
  {
    title: 'lets nothing arrive late for a reader that goes on from where it was',
    run: ({ storage: { log } }) => checkNoLateArrival(log, [log]),
  },
  {
    title: 'lets nothing arrive late from another process',
    appliesTo: ({ shared }) => shared,
    run: async ({ storage: { log }, openPeer }) => checkNoLateArrival(log, [log, (await openPeer()).log]),
  },
  {
    title: 'shows an append as a whole',
    run: async ({ storage: { log } }) => {
      let appending = true;
      const appended = (async () => {
        for (let round = 0; round < 30; round += 1)
          await append(log, ...['1', '2', '3'].map((text) => item('a', text)));
        appending = false;
      })();
      while (appending) {
        expect(((await log.heads(['a']))[0]?.lastId ?? 0) % 3).toBe(0);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await appended;
    },
  },
];
