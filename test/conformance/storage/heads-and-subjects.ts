import type { ClauseCase } from './clause.js';
import { append, appendOne, item, numbered } from './items.js';

/** In the order of their UTF-8 bytes; comparing UTF-16 units would put the emoji before the last one. */
const ORDERED = ['A', 'a', 'a.', 'a.b', 'a.c', 'ab', 'b', 'é', '中', '\u{fffd}', '\u{1f600}'];

export const headsAndSubjectsCases: readonly ClauseCase[] = [
  {
    title: 'answers the heads of known and unknown subjects in order',
    run: async ({ storage: { log } }) => {
      const appended = await append(log, ...numbered('a', 3), ...numbered('b', 1));
      const [b, none, a] = await log.heads(['b', 'none', 'a']);
      expect(a).toEqual({ lastId: 3, lastPublishTimeUs: appended[2]?.publishTimeUs, firstId: 1 });
      expect(b).toMatchObject({ lastId: 1, firstId: 1 });
      expect(none).toEqual({ lastId: 0, lastPublishTimeUs: 0, firstId: 1 });
    },
  },
  {
    title: 'answers no heads for no subjects',
    run: async ({ storage: { log } }) => {
      expect(await log.heads([])).toEqual([]);
    },
  },
  {
    title: 'lists subjects in the order of their UTF-8 bytes',
    run: async ({ storage: { log } }) => {
      await append(log, ...ORDERED.toReversed().map((subject) => item(subject, 'x')));
      const listed = await log.subjects({ prefix: '', after: '', limit: 100 });
      expect(listed.map(({ subject }) => subject)).toEqual(ORDERED);
    },
  },
  {
    title: 'lists subjects page by page',
    run: async ({ storage: { log } }) => {
      await append(log, ...ORDERED.map((subject) => item(subject, 'x')));
      const seen: string[] = [];
      for (;;) {
        const page = await log.subjects({ prefix: '', after: seen.at(-1) ?? '', limit: 3 });
        expect(page.length).toBeLessThanOrEqual(3);
        if (page.length === 0) break;
        seen.push(...page.map(({ subject }) => subject));
      }
      expect(seen).toEqual(ORDERED);
    },
  },
  {
    title: 'lists the subjects with a prefix, from anywhere',
    run: async ({ storage: { log } }) => {
      await append(log, ...ORDERED.map((subject) => item(subject, 'x')));
      const list = async (prefix: string, after: string) =>
        (await log.subjects({ prefix, after, limit: 100 })).map(({ subject }) => subject);
      expect(await list('a', '')).toEqual(['a', 'a.', 'a.b', 'a.c', 'ab']);
      expect(await list('a.', 'a')).toEqual(['a.', 'a.b', 'a.c']);
      expect(await list('a.', 'a.')).toEqual(['a.b', 'a.c']);
      expect(await list('a', 'a.bb')).toEqual(['a.c', 'ab']);
      expect(await list('a', 'b')).toEqual([]);
      expect(await list('zz', '')).toEqual([]);
      expect(await list('\u{1f600}', '')).toEqual(['\u{1f600}']);
    },
  },
  {
    title: 'counts messages and the bytes of their bodies and headers',
    run: async ({ storage: { log } }) => {
      await append(log, item('a', '12345'), item('a', 'é', { headers: [['ab', 'é']] }));
      const last = await appendOne(log, item('a', ''));
      expect(await log.subjects({ prefix: 'a', after: '', limit: 1 })).toEqual([
        { subject: 'a', messages: 3, bytes: 11, firstId: 1, lastId: 3, lastPublishTimeUs: last.publishTimeUs },
      ]);
    },
  },
];
