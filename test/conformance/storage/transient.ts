import type { ClauseCase } from './clause.js';
import { append, idsOf, item, readAll, readOne, textOf } from './items.js';

export const transientCases: readonly ClauseCase[] = [
  {
    title: 'gives a transient item an id and nothing else',
    run: async ({ storage: { log } }) => {
      const results = await append(
        log,
        item('a', 'x'),
        item('a', 'gone', { transient: true }),
        item('a', 'gone', { transient: true }),
        item('a', 'y'),
        item('a', 'gone', { transient: true }),
      );
      expect(results.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
      expect(idsOf(await readAll(log, 'a'))).toEqual([1, 4]);
      expect(await log.get('a', 2)).toBeUndefined();
      expect(await log.get('a', 5)).toBeUndefined();
      expect(await log.subjects({ prefix: '', after: '', limit: 1 })).toMatchObject([
        { messages: 2, bytes: 2, lastId: 5 },
      ]);
    },
  },
  {
    title: 'moves the head of a subject that has nothing else',
    run: async ({ storage: { log } }) => {
      const results = await append(log, ...['x', 'y'].map((text) => item('a', text, { transient: true })));
      expect((await log.heads(['a']))[0]).toMatchObject({
        lastId: 2,
        lastPublishTimeUs: results[1]?.publishTimeUs,
      });
      const page = await readOne(log, { subject: 'a', fromId: 1, maxMessages: 9 });
      expect(page).toMatchObject({ messages: [], nextId: 3, lastId: 2 });
      expect((await append(log, item('a', 'z')))[0]?.id).toBe(3);
      expect(idsOf(await readAll(log, 'a'))).toEqual([3]);
    },
  },
  {
    title: 'checks and remembers the conditions of a transient item',
    run: async ({ storage: { log } }) => {
      const idempotency = { key: 'k', digest: Buffer.alloc(16), windowUs: 3_600_000_000 };
      const transient = item('a', 'x', { transient: true, idempotency, fence: { lock: 'l', token: 3 } });
      const results = await append(log, transient, transient);
      expect(results.map(({ id, duplicate }) => [id, duplicate])).toEqual([
        [1, false],
        [1, true],
      ]);
      const [stale] = await log.append([item('a', 'y', { fence: { lock: 'l', token: 2 } })]);
      expect(stale).toMatchObject({ reason: 'FENCE_STALE' });
    },
  },
  {
    title: 'shows transient items for a while to a read that asks for them, in another process too',
    appliesTo: ({ shared }) => shared,
    run: async ({ storage: { log }, openPeer }) => {
      const peer = (await openPeer()).log;
      const headers = [['name', 'é']] as const;
      const first = await append(log, item('a', 'T', { transient: true, headers }), item('a', 'x'));
      const second = await append(log, ...['U', 'V'].map((text) => item('a', text, { transient: true })));
      await append(log, item('a', 'y'), item('a', 'W', { transient: true }), item('a', 'z'));
      const range = { subject: 'a', fromId: 1, maxMessages: 9, transient: true };
      for (const reader of [log, peer]) {
        const page = await readOne(reader, range);
        expect(page.messages.map(textOf)).toEqual(['T', 'x', 'U', 'V', 'y', 'W', 'z']);
        expect(idsOf(page.messages)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(page).toMatchObject({ nextId: 8, lastId: 7 });
        expect(page.messages[0]).toMatchObject({ publishTimeUs: first[0]?.publishTimeUs, headers });
        expect(page.messages[3]?.publishTimeUs).toBe(second[1]?.publishTimeUs);
        const part = await readOne(reader, { ...range, fromId: 3, maxMessages: 3 });
        expect([idsOf(part.messages), part.nextId]).toEqual([[3, 4, 5], 6]);
        const small = await readOne(reader, range, 6);
        expect(idsOf(small.messages)).toEqual([1]);
        expect(small.nextId).toBe(2);
        expect(idsOf(await readAll(reader, 'a'))).toEqual([2, 5, 7]);
        expect(await reader.get('a', 3)).toBeUndefined();
      }
    },
  },
];
