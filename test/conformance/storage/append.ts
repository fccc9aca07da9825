import { NEVER_EXPIRES } from '../../../src/core/message.js';
import type { ClauseCase } from './clause.js';
import { append, appendOne, idsOf, item, numbered, readAll, textOf } from './items.js';

const DAY_US = 24 * 60 * 60 * 1_000_000;

export const appendCases: readonly ClauseCase[] = [
  {
    title: 'numbers the messages of a subject 1, 2, 3',
    run: async ({ storage: { log } }) => {
      const ids = [];
      for (const text of ['x', 'y', 'z']) ids.push((await appendOne(log, item('a', text))).id);
      expect(ids).toEqual([1, 2, 3]);
    },
  },
  {
    title: 'numbers each subject by itself and answers in the order of the items',
    run: async ({ storage: { log } }) => {
      const results = await append(log, item('a', '1'), item('b', '2'), item('a', '3'), item('c', '4'), item('b', '5'));
      expect(results.map(({ id }) => id)).toEqual([1, 1, 2, 1, 2]);
      expect((await readAll(log, 'a')).map(textOf)).toEqual(['1', '3']);
      expect((await readAll(log, 'b')).map(textOf)).toEqual(['2', '5']);
    },
  },
  {
    title: 'takes an empty batch',
    run: async ({ storage: { log } }) => {
      expect(await log.append([])).toEqual([]);
    },
  },
  {
    title: 'takes a batch of thousands',
    run: async ({ storage: { log } }) => {
      const results = await append(log, ...numbered('a', 3000), ...numbered('b', 1100));
      expect(results.at(2999)?.id).toBe(3000);
      expect(results.at(-1)?.id).toBe(1100);
      const messages = await readAll(log, 'a', { page: 700 });
      expect(messages.map(textOf)).toEqual(Array.from({ length: 3000 }, (_, index) => String(index + 1)));
      expect(textOf(await log.get('a', 1777))).toBe('1777');
    },
  },
  {
    title: 'answers when each message was published and expires',
    run: async ({ storage: { log } }) => {
      const [kept, expiring] = await append(log, item('a', 'x'), item('a', 'y', { ttlUs: DAY_US }));
      expect(kept).toMatchObject({ expireTimeUs: NEVER_EXPIRES, duplicate: false });
      expect(expiring?.expireTimeUs).toBe((expiring?.publishTimeUs ?? 0) + DAY_US);
      for (const each of [kept, expiring]) {
        const message = await log.get('a', each?.id ?? 0);
        expect(message?.publishTimeUs).toBe(each?.publishTimeUs);
        expect(message?.expireTimeUs).toBe(each?.expireTimeUs);
      }
    },
  },
  {
    title: 'shows a message as soon as it is acknowledged',
    run: async ({ storage: { log } }) => {
      for (let id = 1; id <= 20; id += 1) {
        await append(log, item('a', `text ${id}`));
        expect(textOf(await log.get('a', id))).toBe(`text ${id}`);
        expect((await log.heads(['a']))[0]?.lastId).toBe(id);
      }
    },
  },
  {
    title: 'keeps nothing of the buffers it was given',
    run: async ({ storage: { log } }) => {
      const body = Buffer.from('before');
      await append(log, { ...item('a', ''), body });
      body.fill('*');
      expect(textOf(await log.get('a', 1))).toBe('before');
    },
  },
  {
    title: 'keeps lives of every length apart in one batch',
    run: async ({ storage: { log } }) => {
      const ttls = [0, DAY_US, 0, 3 * DAY_US, DAY_US, 60_000_000, 0];
      const results = await append(log, ...ttls.map((ttlUs, index) => item('a', String(index), { ttlUs })));
      const messages = await readAll(log, 'a');
      expect(idsOf(messages)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(messages.map(({ expireTimeUs }) => expireTimeUs)).toEqual(results.map(({ expireTimeUs }) => expireTimeUs));
    },
  },
];
