import type { ReadRange } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';
import { ANY_BYTES, append, appendOne, idsOf, item, numbered, readAll, readOne } from './items.js';

const TEN_BYTES = '0123456789';

export const readCases: readonly ClauseCase[] = [
  {
    title: 'gets a message by subject and id',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      const message = await log.get('a', 2);
      expect(message).toMatchObject({ subject: 'a', id: 2, headers: [] });
      expect(Buffer.from(message?.body ?? []).toString()).toBe('2');
    },
  },
  {
    title: 'gets nothing where no message is',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      expect(await Promise.all([log.get('a', 4), log.get('b', 1), log.get('a', 1_000_000)])).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  },
  {
    title: 'reads upwards from an id and says where to go on',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 4));
      await append(log, ...numbered('a', 4));
      const page = await readOne(log, { subject: 'a', fromId: 3, maxMessages: 4 });
      expect(idsOf(page.messages)).toEqual([3, 4, 5, 6]);
      expect(page).toMatchObject({ nextId: 7, firstId: 1, lastId: 8 });
      const rest = await readOne(log, { subject: 'a', fromId: 7, maxMessages: 4 });
      expect(idsOf(rest.messages)).toEqual([7, 8]);
      expect(rest.nextId).toBe(9);
    },
  },
  {
    title: 'reads downwards from an id to the beginning',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      await append(log, ...numbered('a', 3));
      const seen = [];
      for (let fromId = 5; fromId > 0;) {
        const page = await readOne(log, { subject: 'a', fromId, maxMessages: 2, backwards: true });
        seen.push(...idsOf(page.messages));
        expect(page.nextId).toBeLessThan(fromId);
        fromId = page.nextId;
      }
      expect(seen).toEqual([5, 4, 3, 2, 1]);
    },
  },
  {
    title: 'reads downwards from beyond the end',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      const page = await readOne(log, { subject: 'a', fromId: 99, maxMessages: 2, backwards: true });
      expect(idsOf(page.messages)).toEqual([3, 2]);
      expect(page.nextId).toBe(1);
    },
  },
  {
    title: 'has nothing to read beyond the end, in either direction of an unknown subject too',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 3));
      const ranges: ReadRange[] = [
        { subject: 'a', fromId: 4, maxMessages: 5 },
        { subject: 'none', fromId: 1, maxMessages: 5 },
        { subject: 'none', fromId: 7, maxMessages: 5, backwards: true },
      ];
      const [end, unknown, backwards] = await log.read(ranges, ANY_BYTES);
      expect(end).toEqual({ messages: [], nextId: 4, firstId: 1, lastId: 3 });
      expect(unknown).toEqual({ messages: [], nextId: 1, firstId: 1, lastId: 0 });
      expect(backwards).toEqual({ messages: [], nextId: 0, firstId: 1, lastId: 0 });
    },
  },
  {
    title: 'answers many ranges in order, the same subject twice too',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 5), ...numbered('b', 2));
      const results = await log.read(
        [
          { subject: 'b', fromId: 1, maxMessages: 9 },
          { subject: 'a', fromId: 2, maxMessages: 2 },
          { subject: 'none', fromId: 1, maxMessages: 9 },
          { subject: 'a', fromId: 5, maxMessages: 2, backwards: true },
        ],
        ANY_BYTES,
      );
      expect(results.map(({ messages }) => idsOf(messages))).toEqual([[1, 2], [2, 3], [], [5, 4]]);
    },
  },
  {
    title: 'bounds the bytes of the whole answer',
    run: async ({ storage: { log } }) => {
      const items = ['a', 'b'].flatMap((subject) => Array.from({ length: 4 }, () => item(subject, TEN_BYTES)));
      await append(log, ...items);
      const ranges = ['a', 'b'].map((subject) => ({ subject, fromId: 1, maxMessages: 9 }));
      const [a, b] = await log.read(ranges, 30);
      expect(idsOf(a?.messages ?? [])).toEqual([1, 2, 3]);
      expect(a?.nextId).toBe(4);
      expect(b).toMatchObject({ messages: [], nextId: 1, lastId: 4 });
    },
  },
  {
    title: 'counts headers as bytes',
    run: async ({ storage: { log } }) => {
      const headers = [['name', 'éé']] as const;
      await append(log, item('a', 'xy', { headers }), item('a', 'xy', { headers }), item('a', 'xy', { headers }));
      const range = { subject: 'a', fromId: 1, maxMessages: 9 };
      expect(idsOf((await readOne(log, range, 20)).messages)).toEqual([1, 2]);
      expect(idsOf((await readOne(log, range, 19)).messages)).toEqual([1]);
    },
  },
  {
    title: 'returns the first message however large it is, and only that',
    run: async ({ storage: { log } }) => {
      await append(log, ...Array.from({ length: 3 }, () => item('a', TEN_BYTES)), item('b', TEN_BYTES));
      const ranges = ['a', 'b'].map((subject) => ({ subject, fromId: 1, maxMessages: 9 }));
      const results = await log.read(ranges, 1);
      expect(results.map(({ messages, nextId }) => [idsOf(messages), nextId])).toEqual([
        [[1], 2],
        [[], 1],
      ]);
      expect(idsOf(await readAll(log, 'a', { maxBytes: 1 }))).toEqual([1, 2, 3]);
    },
  },
  {
    title: 'reads downwards within the bytes and can go on',
    run: async ({ storage: { log } }) => {
      await append(log, ...Array.from({ length: 4 }, () => item('a', TEN_BYTES)));
      const page = await readOne(log, { subject: 'a', fromId: 4, maxMessages: 9, backwards: true }, 25);
      expect(idsOf(page.messages)).toEqual([4, 3]);
      expect(page.nextId).toBe(2);
    },
  },
  {
    title: 'misses nothing in any paging of appends of different sizes',
    run: async ({ storage: { log } }) => {
      for (const count of [1, 7, 1, 1, 30, 2]) await append(log, ...numbered('a', count));
      const all = Array.from({ length: 42 }, (_, index) => index + 1);
      for (const page of [1, 2, 5, 8, 41, 42, 43]) expect(idsOf(await readAll(log, 'a', { page }))).toEqual(all);
      for (const fromId of [1, 2, 8, 9, 10, 40, 41, 42]) {
        expect(idsOf(await readAll(log, 'a', { fromId }))).toEqual(all.slice(fromId - 1));
      }
    },
  },
  {
    title: 'gives the same answer however often it is asked',
    run: async ({ storage: { log } }) => {
      await appendOne(log, item('a', 'x'));
      const range = { subject: 'a', fromId: 1, maxMessages: 1 };
      expect(await readOne(log, range)).toEqual(await readOne(log, range));
    },
  },
];
