import type { MessageLog } from '../../../src/storage/storage.js';
import type { ClauseCase, ClauseContext } from './clause.js';
import { append, appendOne, idsOf, item, numbered, readAll, readOne } from './items.js';

async function infoOf(log: MessageLog, subject: string) {
  const [info] = await log.subjects({ prefix: subject, after: '', limit: 1 });
  if (info === undefined) throw new Error(`subject "${subject}" is not listed`);
  return info;
}

async function expireAll(log: MessageLog): Promise<number> {
  let steps = 1;
  while (await log.expire()) steps += 1;
  return steps;
}

/** Lets everything that lives `ticks` units of time expire, removal steps of a driver included. */
const pass = ({ time }: ClauseContext, ticks: number): Promise<void> => time.advance(ticks * time.granularityMs);

export const expiryCases: readonly ClauseCase[] = [
  {
    title: 'shows a message until its time and not after',
    run: async (context) => {
      const { log } = context.storage;
      await append(log, item('a', 'kept'), item('a', 'gone', { ttlUs: 20_000 * context.time.granularityMs }));
      await pass(context, 5);
      expect((await log.get('a', 2))?.id).toBe(2);
      await pass(context, 20);
      expect(await log.get('a', 2)).toBeUndefined();
      expect(idsOf(await readAll(log, 'a'))).toEqual([1]);
    },
  },
  {
    title: 'ends a life exactly at its expire time',
    needsManualTime: true,
    run: async ({ storage: { log }, time }) => {
      const { expireTimeUs } = await appendOne(log, item('a', 'x', { ttlUs: 10_000 }));
      await time.advance((expireTimeUs - 1 - (time.nowUs?.() ?? 0)) / 1000);
      expect((await log.get('a', 1))?.id).toBe(1);
      expect(idsOf(await readAll(log, 'a'))).toEqual([1]);
      await time.advance(0.001);
      expect(await log.get('a', 1)).toBeUndefined();
      expect(await readAll(log, 'a')).toEqual([]);
    },
  },
  {
    title: 'keeps a message without a time to live',
    needsManualTime: true,
    run: async ({ storage: { log }, time }) => {
      await append(log, item('a', 'x'));
      await time.advance(100 * 365 * 24 * 3_600_000);
      await expireAll(log);
      expect((await log.get('a', 1))?.id).toBe(1);
    },
  },
  {
    title: 'reads around what has expired, before and after its removal',
    run: async (context) => {
      const { log } = context.storage;
      const ttlUs = 10_000 * context.time.granularityMs;
      await append(log, ...[0, ttlUs, ttlUs, 0, 0, ttlUs].map((each) => item('a', 'x', { ttlUs: each })));
      await pass(context, 20);
      const check = async (): Promise<void> => {
        expect(idsOf(await readAll(log, 'a', { page: 1 }))).toEqual([1, 4, 5]);
        const up = await readOne(log, { subject: 'a', fromId: 2, maxMessages: 9 });
        expect([idsOf(up.messages), up.nextId]).toEqual([[4, 5], 7]);
        const down = await readOne(log, { subject: 'a', fromId: 6, maxMessages: 9, backwards: true });
        expect([idsOf(down.messages), down.nextId]).toEqual([[5, 4, 1], 0]);
        expect((await log.heads(['a']))[0]).toMatchObject({ lastId: 6, firstId: 1 });
      };
      await check();
      await expireAll(log);
      await check();
    },
  },
  {
    title: 'really removes what has expired and gives its bytes back',
    run: async (context) => {
      const { log } = context.storage;
      await append(log, ...numbered('a', 50, { ttlUs: 5000 * context.time.granularityMs }));
      await append(log, item('a', 'kept'));
      expect(await infoOf(log, 'a')).toMatchObject({ messages: 51 });
      // Drivers may remove a message some time after its end: an eighth of its life, a second at least.
      await context.time.advance(Math.max(2000, 20 * context.time.granularityMs));
      await expireAll(log);
      expect(await infoOf(log, 'a')).toMatchObject({ messages: 1, bytes: 4, firstId: 51, lastId: 51 });
    },
  },
  {
    title: 'goes on with the ids when everything has expired',
    run: async (context) => {
      const { log } = context.storage;
      await append(log, ...numbered('a', 3, { ttlUs: 5000 * context.time.granularityMs }));
      await context.time.advance(Math.max(2000, 20 * context.time.granularityMs));
      await expireAll(log);
      expect((await log.heads(['a']))[0]).toMatchObject({ lastId: 3, firstId: 4 });
      expect(await infoOf(log, 'a')).toMatchObject({ messages: 0, bytes: 0 });
      expect((await appendOne(log, item('a', 'x'))).id).toBe(4);
      expect(idsOf(await readAll(log, 'a'))).toEqual([4]);
    },
  },
  {
    title: 'removes in small steps',
    needsExpire: true,
    run: async (context) => {
      const { log } = context.storage;
      await append(log, ...numbered('a', 4000, { ttlUs: 5000 * context.time.granularityMs }));
      await append(log, ...numbered('b', 4000, { ttlUs: 5000 * context.time.granularityMs }));
      await context.time.advance(Math.max(2000, 20 * context.time.granularityMs));
      expect(await log.expire()).toBe(true);
      const left = (await infoOf(log, 'a')).messages + (await infoOf(log, 'b')).messages;
      expect(left).toBeGreaterThan(4000);
      expect(left).toBeLessThan(8000);
      await expireAll(log);
      expect((await infoOf(log, 'a')).messages + (await infoOf(log, 'b')).messages).toBe(0);
    },
  },
  {
    title: 'has nothing to remove when nothing has expired',
    run: async ({ storage: { log } }) => {
      expect(await log.expire()).toBe(false);
      await append(log, item('a', 'x'), item('a', 'y', { ttlUs: 3_600_000_000 }));
      expect(await log.expire()).toBe(false);
      expect(await infoOf(log, 'a')).toMatchObject({ messages: 2 });
    },
  },
];
