import { EXPECT_EMPTY } from '../../../src/storage/storage.js';
import type { Idempotency } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';
import { accepted, append, appendOne, item, readAll, refusal, textOf } from './items.js';

const HOUR_US = 3_600_000_000;

function key(name: string, digest = 1, windowUs = HOUR_US): { readonly idempotency: Idempotency } {
  return { idempotency: { key: name, digest: Buffer.alloc(16, digest), windowUs } };
}

export const conditionsCases: readonly ClauseCase[] = [
  {
    title: 'answers a repeated idempotency key with the first append',
    run: async ({ storage: { log } }) => {
      const first = await appendOne(log, item('a', 'x', key('k')));
      await append(log, item('a', 'between'));
      expect(await appendOne(log, item('a', 'x', key('k')))).toEqual({ ...first, duplicate: true });
      expect((await readAll(log, 'a')).map(textOf)).toEqual(['x', 'between']);
    },
  },
  {
    title: 'refuses an idempotency key with other content',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', 'x', key('k', 1)));
      const error = refusal((await log.append([item('a', 'y', key('k', 2))]))[0]);
      expect(error.reason).toBe('IDEMPOTENCY_KEY_REUSED');
      expect(error.fields).toMatchObject({ id: '1' });
      expect((await log.heads(['a']))[0]?.lastId).toBe(1);
    },
  },
  {
    title: 'keeps the idempotency keys of each subject apart',
    run: async ({ storage: { log } }) => {
      const results = await append(log, item('a', 'x', key('k', 1)), item('b', 'y', key('k', 2)));
      expect(results.map(({ duplicate }) => duplicate)).toEqual([false, false]);
    },
  },
  {
    title: 'sees a repeated idempotency key within one call',
    run: async ({ storage: { log } }) => {
      const results = await append(log, item('a', 'x', key('k')), item('a', 'y'), item('a', 'x', key('k')));
      expect(results.map(({ id, duplicate }) => [id, duplicate])).toEqual([
        [1, false],
        [2, false],
        [1, true],
      ]);
    },
  },
  {
    title: 'remembers an idempotency key beyond the life and the purge of its message',
    run: async ({ storage: { log }, time }) => {
      const ttlUs = 2000 * time.granularityMs;
      await append(log, item('a', 'x', { ...key('short', 1), ttlUs }), item('a', 'y', key('purged', 2)));
      await time.advance(4 * time.granularityMs);
      await log.purge('a', { beforeId: 3, dryRun: false });
      while (await log.expire());
      const again = await append(log, item('a', 'x', { ...key('short', 1), ttlUs }), item('a', 'y', key('purged', 2)));
      expect(again.map(({ id, duplicate }) => [id, duplicate])).toEqual([
        [1, true],
        [2, true],
      ]);
    },
  },
  {
    title: 'forgets an idempotency key after its window',
    run: async ({ storage: { log }, time }) => {
      const windowUs = 4000 * time.granularityMs;
      await append(log, item('a', 'x', key('k', 1, windowUs)));
      await time.advance(8 * time.granularityMs);
      expect(await appendOne(log, item('a', 'y', key('k', 2, windowUs)))).toMatchObject({ id: 2, duplicate: false });
      expect(await appendOne(log, item('a', 'y', key('k', 2, windowUs)))).toMatchObject({ id: 2, duplicate: true });
      while (await log.expire());
      expect(await appendOne(log, item('a', 'y', key('k', 2, windowUs)))).toMatchObject({ id: 2, duplicate: true });
    },
  },
  {
    title: 'refuses a fence older than one the subject has seen',
    run: async ({ storage: { log } }) => {
      const fenced = (token: number) => item('a', String(token), { fence: { lock: 'l', token } });
      await append(log, fenced(5), fenced(5), fenced(7));
      const error = refusal((await log.append([fenced(6)]))[0]);
      expect(error.reason).toBe('FENCE_STALE');
      expect(error.fields).toMatchObject({ current_token: '7' });
      expect((await readAll(log, 'a')).map(textOf)).toEqual(['5', '5', '7']);
      expect((await appendOne(log, fenced(7))).id).toBe(4);
    },
  },
  {
    title: 'keeps fences apart by lock and by subject',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', 'x', { fence: { lock: 'l', token: 9 } }));
      const results = await append(
        log,
        item('a', 'y', { fence: { lock: 'm', token: 1 } }),
        item('b', 'z', { fence: { lock: 'l', token: 1 } }),
      );
      expect(results.map(({ id }) => id)).toEqual([2, 1]);
    },
  },
  {
    title: 'sees the fences of earlier items of one call',
    run: async ({ storage: { log } }) => {
      const results = await log.append([
        item('a', 'x', { fence: { lock: 'l', token: 2 } }),
        item('a', 'y', { fence: { lock: 'l', token: 1 } }),
        item('a', 'z'),
      ]);
      expect(refusal(results[1]).reason).toBe('FENCE_STALE');
      expect(accepted(results[2]).id).toBe(2);
    },
  },
  {
    title: 'takes an item only behind the id that it expects',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', 'x', { expectedLastId: EXPECT_EMPTY }), item('a', 'y', { expectedLastId: 1 }));
      const results = await log.append([
        item('a', 'first', { expectedLastId: EXPECT_EMPTY }),
        item('a', 'late', { expectedLastId: 1 }),
        item('a', 'early', { expectedLastId: 3 }),
        item('a', 'right', { expectedLastId: 2 }),
        item('a', 'next', { expectedLastId: 3 }),
      ]);
      for (const index of [0, 1, 2]) expect(refusal(results[index]).reason).toBe('EXPECTED_ID_MISMATCH');
      expect(refusal(results[1]).fields).toMatchObject({ expected: '1', actual: '2' });
      expect([accepted(results[3]).id, accepted(results[4]).id]).toEqual([3, 4]);
      expect((await readAll(log, 'a')).map(textOf)).toEqual(['x', 'y', 'right', 'next']);
    },
  },
  {
    title: 'lets exactly one of many racing writers have the id they all expect',
    run: async ({ storage: { log } }) => {
      const racing = Array.from({ length: 20 }, (_, index) =>
        log.append([item('a', String(index), { expectedLastId: EXPECT_EMPTY })]),
      );
      const results = (await Promise.all(racing)).map(([result]) => result);
      expect(results.filter((result) => !(result instanceof Error))).toHaveLength(1);
      expect(await readAll(log, 'a')).toHaveLength(1);
    },
  },
  {
    title: 'checks the idempotency key, then the fence, then the expected id',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', 'x', { ...key('k', 1), fence: { lock: 'l', token: 5 } }));
      const stale = { fence: { lock: 'l', token: 4 }, expectedLastId: 9 };
      const [same, other, unknown, fresh] = await log.append([
        item('a', 'x', { ...key('k', 1), ...stale }),
        item('a', 'y', { ...key('k', 2), ...stale }),
        item('a', 'z', { ...key('new', 1), ...stale }),
        item('a', 'z', { ...key('new', 1), fence: { lock: 'l', token: 6 }, expectedLastId: 9 }),
      ]);
      expect(accepted(same)).toMatchObject({ id: 1, duplicate: true });
      expect(refusal(other).reason).toBe('IDEMPOTENCY_KEY_REUSED');
      expect(refusal(unknown).reason).toBe('FENCE_STALE');
      expect(refusal(fresh).reason).toBe('EXPECTED_ID_MISMATCH');
    },
  },
  {
    title: 'remembers neither key nor fence of a refused item',
    run: async ({ storage: { log } }) => {
      await log.append([item('a', 'x', { ...key('k', 1), fence: { lock: 'l', token: 9 }, expectedLastId: 5 })]);
      const again = await appendOne(log, item('a', 'y', { ...key('k', 2), fence: { lock: 'l', token: 1 } }));
      expect(again).toMatchObject({ id: 1, duplicate: false });
    },
  },
  {
    title: 'never makes a subject of a refused item',
    run: async ({ storage: { log } }) => {
      await log.append([item('a', 'x', { expectedLastId: 5 })]);
      expect(await log.subjects({ prefix: '', after: '', limit: 10 })).toEqual([]);
    },
  },
];
