import type { ClauseCase } from './clause.js';
import { append, appendOne, idsOf, item, numbered, readAll, readOne, rejection } from './items.js';

export const purgeCases: readonly ClauseCase[] = [
  {
    title: 'removes the messages below an id, in the middle of an append too',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 5));
      await append(log, ...numbered('a', 5), ...numbered('b', 2));
      expect(await log.purge('a', { beforeId: 8, dryRun: false })).toEqual({ messages: 7, bytes: 7, firstId: 8 });
      expect(idsOf(await readAll(log, 'a'))).toEqual([8, 9, 10]);
      expect(await log.get('a', 7)).toBeUndefined();
      expect((await log.heads(['a']))[0]).toMatchObject({ firstId: 8, lastId: 10 });
      const infos = await log.subjects({ prefix: '', after: '', limit: 9 });
      expect(infos).toMatchObject([
        { subject: 'a', messages: 3, bytes: 3, firstId: 8, lastId: 10 },
        { subject: 'b', messages: 2, bytes: 2, firstId: 1, lastId: 2 },
      ]);
      const down = await readOne(log, { subject: 'a', fromId: 9, maxMessages: 9, backwards: true });
      expect([idsOf(down.messages), down.nextId]).toEqual([[9, 8], 0]);
    },
  },
  {
    title: 'only counts in a dry run',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 5));
      expect(await log.purge('a', { beforeId: 4, dryRun: true })).toEqual({ messages: 3, bytes: 3, firstId: 4 });
      expect(idsOf(await readAll(log, 'a'))).toEqual([1, 2, 3, 4, 5]);
      expect((await log.heads(['a']))[0]).toMatchObject({ firstId: 1, lastId: 5 });
      expect(await log.purge('a', { beforeId: 4, dryRun: false })).toEqual({ messages: 3, bytes: 3, firstId: 4 });
    },
  },
  {
    title: 'removes each message once',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 5));
      await log.purge('a', { beforeId: 3, dryRun: false });
      expect(await log.purge('a', { beforeId: 3, dryRun: false })).toEqual({ messages: 0, bytes: 0, firstId: 3 });
      expect(await log.purge('a', { beforeId: 2, dryRun: false })).toEqual({ messages: 0, bytes: 0, firstId: 3 });
      expect(await log.purge('a', { beforeId: 5, dryRun: false })).toEqual({ messages: 2, bytes: 2, firstId: 5 });
    },
  },
  {
    title: 'goes on with the ids when everything was purged',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      expect(await log.purge('a', { beforeId: 4, dryRun: false })).toEqual({ messages: 3, bytes: 3, firstId: 4 });
      expect(await readAll(log, 'a')).toEqual([]);
      expect((await log.heads(['a']))[0]).toMatchObject({ firstId: 4, lastId: 3 });
      expect((await appendOne(log, item('a', 'x'))).id).toBe(4);
      expect(idsOf(await readAll(log, 'a'))).toEqual([4]);
    },
  },
  {
    title: 'never purges ids that were not given out yet',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 2));
      expect(await log.purge('a', { beforeId: 100, dryRun: false })).toEqual({ messages: 2, bytes: 2, firstId: 3 });
      await append(log, item('a', 'x'));
      expect(idsOf(await readAll(log, 'a'))).toEqual([3]);
    },
  },
  {
    title: 'knows no subject that was never published to',
    run: async ({ storage: { log } }) => {
      expect(await rejection(log.purge('none', { beforeId: 1, dryRun: false }))).toBe('SUBJECT_NOT_FOUND');
      expect(await rejection(log.purge('none', { beforeId: 1, dryRun: true }))).toBe('SUBJECT_NOT_FOUND');
    },
  },
];
