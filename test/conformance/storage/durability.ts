import type { StoredRecord } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';
import { append, appendOne, idsOf, item, numbered, readAll, textOf } from './items.js';

const HOUR_US = 3_600_000_000;

/** A record that can be compared after its storage was closed, whatever kind of view its value is. */
const plain = (record: StoredRecord) => ({ ...record, value: [...record.value] });

const durable: Pick<ClauseCase, 'appliesTo'> = { appliesTo: ({ durability }) => durability !== 'none' };

export const durabilityCases: readonly ClauseCase[] = [
  {
    ...durable,
    title: 'keeps messages, heads and the epoch',
    run: async ({ storage, reopen }) => {
      const headers = [['name', 'é']] as const;
      await append(storage.log, ...numbered('a', 1500), item('b', 'body', { headers, ttlUs: HOUR_US }));
      const before = await storage.log.read([{ subject: 'b', fromId: 1, maxMessages: 9 }], 100);
      const heads = await storage.log.heads(['a', 'b']);
      const copy = structuredClone(before[0]?.messages.map(({ body, ...rest }) => ({ ...rest, body: [...body] })));
      const again = await reopen();
      expect(again.epoch).toBe(storage.epoch);
      expect(await again.log.heads(['a', 'b'])).toEqual(heads);
      expect((await readAll(again.log, 'a')).map(textOf)).toEqual(
        Array.from({ length: 1500 }, (_, index) => String(index + 1)),
      );
      const after = await readAll(again.log, 'b');
      expect(after.map(({ body, ...rest }) => ({ ...rest, body: [...body] }))).toEqual(copy);
      expect(await again.log.subjects({ prefix: '', after: '', limit: 9 })).toMatchObject([
        { subject: 'a', messages: 1500 },
        { subject: 'b', messages: 1, bytes: 10 },
      ]);
    },
  },
  {
    ...durable,
    title: 'goes on with ids and publish times',
    run: async ({ storage, reopen }) => {
      const last = (await append(storage.log, ...numbered('a', 3)))[2];
      await append(storage.log, item('t', 'x', { transient: true }));
      await storage.log.purge('a', { beforeId: 4, dryRun: false });
      const { log } = await reopen();
      const next = await appendOne(log, item('a', 'x'));
      expect(next.id).toBe(4);
      expect(next.publishTimeUs).toBeGreaterThanOrEqual(last?.publishTimeUs ?? Infinity);
      expect((await appendOne(log, item('t', 'x'))).id).toBe(2);
      expect(idsOf(await readAll(log, 'a'))).toEqual([4]);
    },
  },
  {
    ...durable,
    title: 'goes on with publish times over all subjects and settles none of them again',
    appliesTo: ({ durability, totalOrder }) => durability !== 'none' && totalOrder,
    run: async ({ storage, reopen }) => {
      let latest = 0;
      for (let count = 0; count < 20; count += 1) latest = (await appendOne(storage.log, item('a', 'x'))).publishTimeUs;
      const { log } = await reopen();
      expect(await log.settledTimeUs()).toBe(latest);
      expect((await appendOne(log, item('b', 'x'))).publishTimeUs).toBeGreaterThan(latest);
    },
  },
  {
    ...durable,
    title: 'remembers fences and idempotency keys',
    run: async ({ storage, reopen }) => {
      const idempotency = { key: 'k', digest: Buffer.alloc(16, 1), windowUs: HOUR_US };
      const first = await appendOne(storage.log, item('a', 'x', { idempotency, fence: { lock: 'l', token: 5 } }));
      const { log } = await reopen();
      expect(await appendOne(log, item('a', 'x', { idempotency }))).toEqual({ ...first, duplicate: true });
      const [reused, stale] = await log.append([
        item('a', 'y', { idempotency: { ...idempotency, digest: Buffer.alloc(16, 2) } }),
        item('a', 'y', { fence: { lock: 'l', token: 4 } }),
      ]);
      expect(reused).toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' });
      expect(stale).toMatchObject({ reason: 'FENCE_STALE' });
    },
  },
  {
    ...durable,
    title: 'keeps records, their lives and their versions',
    run: async ({ storage, reopen, time }) => {
      const value = Buffer.from('v');
      const ttlUs = 20_000 * time.granularityMs;
      await storage.records.commit('p', { puts: [{ key: 'kept', value, ttlUs: 0 }] });
      await storage.records.commit('p', { puts: [{ key: 'mortal', value, ttlUs }] });
      const last = await storage.records.commit('p', { puts: [{ key: 'gone', value, ttlUs: 0 }] });
      await storage.records.commit('p', { deletes: ['gone'] });
      const range = { from: '', to: '', limit: 9 };
      const before = (await storage.records.scan('p', range)).map(plain);
      const { records } = await reopen();
      const after = (await records.scan('p', range)).map(plain);
      expect(after).toEqual(before);
      await time.advance(40 * time.granularityMs);
      expect(await records.get('p', 'mortal')).toBeUndefined();
      const next = await records.commit('p', { puts: [{ key: 'gone', value, ttlUs: 0 }] });
      expect(next.committed && last.committed && next.version > last.version).toBe(true);
    },
  },
  {
    ...durable,
    title: 'removes after reopening what expired before',
    run: async ({ storage, reopen, time }) => {
      await append(storage.log, ...numbered('a', 3, { ttlUs: 5000 * time.granularityMs }), item('a', 'kept'));
      const { log } = await reopen();
      await time.advance(Math.max(2000, 20 * time.granularityMs));
      expect(idsOf(await readAll(log, 'a'))).toEqual([4]);
      while (await log.expire());
      expect(await log.subjects({ prefix: '', after: '', limit: 9 })).toMatchObject([{ messages: 1, firstId: 4 }]);
    },
  },
];
