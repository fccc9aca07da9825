import type { ClauseCase } from './clause.js';
import { append, appendOne, idsOf, item, numbered, readAll } from './items.js';

export const timeCases: readonly ClauseCase[] = [
  {
    title: 'never lets publish times of a subject decrease',
    run: async ({ storage: { log } }) => {
      const times: number[] = [];
      for (let count = 0; count < 30; count += 1) times.push((await appendOne(log, item('a', 'x'))).publishTimeUs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Number.isSafeInteger(times[0])).toBe(true);
    },
  },
  {
    title: 'gives every append a later time than all before, over all subjects',
    appliesTo: ({ totalOrder }) => totalOrder,
    run: async ({ storage: { log } }) => {
      let latest = 0;
      for (let count = 0; count < 30; count += 1) {
        const results = await append(log, item(`s${count % 3}`, 'x'), item('t', 'y'));
        expect(results[0]?.publishTimeUs).toBeGreaterThan(latest);
        expect(results[1]?.publishTimeUs).toBe(results[0]?.publishTimeUs);
        latest = results[0]?.publishTimeUs ?? 0;
      }
    },
  },
  {
    title: 'settles the time of the last append',
    appliesTo: ({ totalOrder }) => totalOrder,
    run: async ({ storage: { log } }) => {
      await append(log, item('a', 'x'));
      const { publishTimeUs } = await appendOne(log, item('b', 'x'));
      expect(await log.settledTimeUs()).toBe(publishTimeUs);
    },
  },
  {
    title: 'never settles a time that a later append has',
    run: async ({ storage: { log } }) => {
      for (let count = 0; count < 20; count += 1) {
        const settledUs = await log.settledTimeUs();
        expect((await appendOne(log, item(`s${count}`, 'x'))).publishTimeUs).toBeGreaterThan(settledUs);
      }
    },
  },
  {
    title: 'finds the first id at a time',
    run: async ({ storage: { log }, time }) => {
      const times = [];
      for (const count of [2, 3, 1]) {
        times.push((await append(log, ...numbered('a', count)))[0]?.publishTimeUs ?? 0);
        await time.advance(2 * time.granularityMs);
      }
      const [first = 0, second = 0, third = 0] = times;
      const ids = [];
      for (const timeUs of [0, first, first + 1, second, second + 1, third, third + 1]) {
        ids.push(await log.idAtTime('a', timeUs));
      }
      expect(ids).toEqual([1, 1, 3, 3, 6, 6, 7]);
    },
  },
  {
    title: 'finds id 1 at any time of an unknown subject',
    run: async ({ storage: { log } }) => {
      expect(await log.idAtTime('none', 1)).toBe(1);
    },
  },
  {
    title: 'finds an id from which exactly the messages since that time are read, whatever has expired or been purged',
    run: async ({ storage: { log }, time }) => {
      const published = new Map<number, number>();
      for (const ttlUs of [0, 10_000 * time.granularityMs, 0, 10_000 * time.granularityMs]) {
        const { id, publishTimeUs } = await appendOne(log, item('a', 'x', { ttlUs }));
        published.set(id, publishTimeUs);
        await time.advance(2 * time.granularityMs);
      }
      const check = async (): Promise<void> => {
        const existing = await readAll(log, 'a');
        for (const timeUs of published.values()) {
          const since = existing.filter(({ publishTimeUs }) => publishTimeUs >= timeUs);
          expect(idsOf(await readAll(log, 'a', { fromId: await log.idAtTime('a', timeUs) }))).toEqual(idsOf(since));
        }
        expect(await log.idAtTime('a', Math.max(...published.values()) + 1)).toBe(5);
      };
      await check();
      await time.advance(20 * time.granularityMs);
      await check();
      while (await log.expire());
      await check();
      await log.purge('a', { beforeId: 3, dryRun: false });
      await check();
    },
  },
];
