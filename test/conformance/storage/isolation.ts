import type { ClauseCase } from './clause.js';
import { append, appendOne, item, numbered, readAll, textOf } from './items.js';

export const isolationCases: readonly ClauseCase[] = [
  {
    title: 'keeps subjects with similar names apart',
    run: async ({ storage: { log } }) => {
      const subjects = [
        'a',
        'a.',
        'a.b',
        'a\u0000',
        'a\u0000b',
        'a:1',
        'A',
        'é',
        'e\u0301',
        ' a',
        '*',
        '>',
        'a'.repeat(256),
      ];
      await append(log, ...subjects.map((subject) => item(subject, subject)));
      for (const subject of subjects) {
        expect((await readAll(log, subject)).map(textOf)).toEqual([subject]);
        expect((await log.heads([subject]))[0]?.lastId).toBe(1);
      }
      await log.purge('a', { beforeId: 2, dryRun: false });
      expect(await readAll(log, 'a.')).toHaveLength(1);
    },
  },
  {
    title: 'keeps namespaces apart',
    run: async ({ storage, openOther }) => {
      const other = await openOther();
      await append(storage.log, ...numbered('a', 3));
      await storage.records.commit('p', { puts: [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }] });
      expect((await appendOne(other.log, item('a', 'x'))).id).toBe(1);
      expect(await readAll(storage.log, 'a')).toHaveLength(3);
      expect(await other.records.get('p', 'k')).toBeUndefined();
    },
  },
  {
    title: 'keeps records and messages of one name apart',
    run: async ({ storage: { log, records } }) => {
      await append(log, item('a', 'message'));
      await records.commit('a', { puts: [{ key: '1', value: Buffer.from('record'), ttlUs: 0 }] });
      expect(textOf(await log.get('a', 1))).toBe('message');
      await records.commit('a', { deletes: ['1'] });
      expect(await readAll(log, 'a')).toHaveLength(1);
      expect(await log.subjects({ prefix: '', after: '', limit: 9 })).toHaveLength(1);
    },
  },
];
