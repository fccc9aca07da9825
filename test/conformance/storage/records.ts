import type { CommitResult, RecordStore, StoredRecord } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';

const put = (key: string, text: string, ttlUs = 0) => ({ key, value: Buffer.from(text), ttlUs });

async function commitOne(records: RecordStore, key: string, text: string, partition = 'p'): Promise<number> {
  return committed(await records.commit(partition, { puts: [put(key, text)] })).version;
}

function committed(result: CommitResult): Extract<CommitResult, { committed: true }> {
  if (!result.committed) throw new Error(`the commit was refused because of "${result.failedKey}"`);
  return result;
}

const valueOf = (record: StoredRecord | undefined) =>
  record === undefined ? undefined : Buffer.from(record.value).toString();

const keysOf = (records: readonly StoredRecord[]): string[] => records.map(({ key }) => key);

/** In the order of their UTF-8 bytes; comparing UTF-16 units would put the emoji before the last one. */
const ORDERED = ['A', 'a', 'a/', 'a/b', 'ab', 'b', 'é', '中', '\u{fffd}', '\u{1f600}'];

export const recordsCases: readonly ClauseCase[] = [
  {
    title: 'gets what was put',
    run: async ({ storage: { records } }) => {
      const version = await commitOne(records, 'k', 'v');
      const record = await records.get('p', 'k');
      expect(record).toMatchObject({ key: 'k', version, expireTimeUs: 0 });
      expect(valueOf(record)).toBe('v');
      expect(await records.get('p', 'other')).toBeUndefined();
      expect(await records.get('q', 'k')).toBeUndefined();
    },
  },
  {
    title: 'replaces, deletes, and keeps nothing of the buffers it was given',
    run: async ({ storage: { records } }) => {
      const value = Buffer.from('first');
      await records.commit('p', { puts: [{ key: 'k', value, ttlUs: 0 }] });
      value.fill('*');
      expect(valueOf(await records.get('p', 'k'))).toBe('first');
      await commitOne(records, 'k', '');
      expect(valueOf(await records.get('p', 'k'))).toBe('');
      await records.commit('p', { deletes: ['k', 'never there'] });
      expect(await records.get('p', 'k')).toBeUndefined();
    },
  },
  {
    title: 'gives every put a greater version, also after deletions',
    run: async ({ storage: { records } }) => {
      const versions = [0];
      for (let round = 0; round < 5; round += 1) {
        versions.push(await commitOne(records, 'k', 'v'), await commitOne(records, `k${round}`, 'v'));
        await records.commit('p', { deletes: ['k', `k${round}`] });
      }
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    },
  },
  {
    title: 'gives a greater version after a record has expired',
    run: async ({ storage: { log, records }, time }) => {
      const first = committed(await records.commit('p', { puts: [put('k', 'v', 4000 * time.granularityMs)] }));
      await time.advance(8 * time.granularityMs);
      while (await log.expire());
      expect(await commitOne(records, 'k', 'v')).toBeGreaterThan(first.version);
    },
  },
  {
    title: 'commits when its conditions hold',
    run: async ({ storage: { records } }) => {
      const conditions = [{ key: 'k', version: 0 }];
      const { version } = committed(await records.commit('p', { conditions, puts: [put('k', 'a')] }));
      await expect(
        records.commit('p', { conditions: [{ key: 'k', version }], puts: [put('k', 'b')] }),
      ).resolves.toMatchObject({ committed: true });
      expect(valueOf(await records.get('p', 'k'))).toBe('b');
    },
  },
  {
    title: 'refuses a commit whose condition fails, names it and changes nothing',
    run: async ({ storage: { records } }) => {
      const version = await commitOne(records, 'k', 'a');
      const before = await records.get('p', 'k');
      const refused = [
        [{ key: 'k', version: 0 }],
        [{ key: 'k', version: version + 1 }],
        [
          { key: 'absent', version: 0 },
          { key: 'k', version: 0 },
        ],
      ];
      for (const conditions of refused) {
        const commit = { conditions, puts: [put('k', 'b'), put('new', 'b')], deletes: ['gone'] };
        expect(await records.commit('p', commit)).toEqual({ committed: false, failedKey: 'k' });
      }
      const absent = { conditions: [{ key: 'absent', version }], puts: [put('absent', 'b')] };
      expect(await records.commit('p', absent)).toEqual({ committed: false, failedKey: 'absent' });
      expect(await records.get('p', 'k')).toEqual(before);
      expect(keysOf(await records.scan('p', { from: '', to: '', limit: 9 }))).toEqual(['k']);
    },
  },
  {
    title: 'changes many keys at once under one version',
    run: async ({ storage: { records } }) => {
      await commitOne(records, 'old', 'x');
      const { version } = committed(
        await records.commit('p', { puts: [put('a', '1'), put('b', '2')], deletes: ['old'] }),
      );
      const found = await records.scan('p', { from: '', to: '', limit: 9 });
      expect(found.map(({ key, version: each }) => [key, each])).toEqual([
        ['a', version],
        ['b', version],
      ]);
    },
  },
  {
    title: 'counts with many writers without losing an update',
    run: async ({ storage: { records } }) => {
      const increment = async (): Promise<void> => {
        for (;;) {
          const current = await records.get('p', 'n');
          const conditions = [{ key: 'n', version: current?.version ?? 0 }];
          const next = String(Number(valueOf(current) ?? 0) + 1);
          if ((await records.commit('p', { conditions, puts: [put('n', next)] })).committed) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(valueOf(await records.get('p', 'n'))).toBe('20');
    },
  },
  {
    title: 'lets one of many racing creators win',
    run: async ({ storage: { records } }) => {
      const conditions = [{ key: 'k', version: 0 }];
      const racing = Array.from({ length: 20 }, (_, index) =>
        records.commit('p', { conditions, puts: [put('k', String(index))] }),
      );
      const winners = (await Promise.all(racing)).filter((result) => result.committed);
      expect(winners).toHaveLength(1);
    },
  },
  {
    title: 'treats an expired record as absent in reads and conditions',
    run: async ({ storage: { records }, time }) => {
      const ttlUs = 20_000 * time.granularityMs;
      const { timeUs, version } = committed(await records.commit('p', { puts: [put('k', 'v', ttlUs)] }));
      await time.advance(5 * time.granularityMs);
      expect(await records.get('p', 'k')).toMatchObject({ version, expireTimeUs: timeUs + ttlUs });
      await time.advance(20 * time.granularityMs);
      expect(await records.get('p', 'k')).toBeUndefined();
      expect(await records.scan('p', { from: '', to: '', limit: 9 })).toEqual([]);
      const stale = { conditions: [{ key: 'k', version }], puts: [put('k', 'w')] };
      expect(await records.commit('p', stale)).toEqual({ committed: false, failedKey: 'k' });
      const fresh = { conditions: [{ key: 'k', version: 0 }], puts: [put('k', 'w')] };
      expect(committed(await records.commit('p', fresh)).version).toBeGreaterThan(version);
    },
  },
  {
    title: 'ends the life of a record exactly at its expire time',
    needsManualTime: true,
    run: async ({ storage: { records }, time }) => {
      const { timeUs } = committed(await records.commit('p', { puts: [put('k', 'v', 10_000)] }));
      await time.advance((timeUs + 9_999 - (time.nowUs?.() ?? 0)) / 1000);
      expect(await records.get('p', 'k')).toBeDefined();
      await time.advance(0.001);
      expect(await records.get('p', 'k')).toBeUndefined();
    },
  },
  {
    title: 'lives by its last put, not by earlier ones',
    run: async ({ storage: { log, records }, time }) => {
      await records.commit('p', { puts: [put('renewed', 'v', 10_000 * time.granularityMs), put('kept', 'v', 1000)] });
      await records.commit('p', { puts: [put('renewed', 'v', 3_600_000_000), put('kept', 'v', 0)] });
      await time.advance(20 * time.granularityMs);
      while (await log.expire());
      expect(keysOf(await records.scan('p', { from: '', to: '', limit: 9 }))).toEqual(['kept', 'renewed']);
    },
  },
  {
    title: 'scans in the order of the UTF-8 bytes, up and down',
    run: async ({ storage: { records } }) => {
      for (const key of ORDERED.toReversed()) await commitOne(records, key, key);
      await commitOne(records, 'elsewhere', 'x', 'q');
      expect(keysOf(await records.scan('p', { from: '', to: '', limit: 99 }))).toEqual(ORDERED);
      const down = await records.scan('p', { from: '', to: '', limit: 99, backwards: true });
      expect(keysOf(down)).toEqual(ORDERED.toReversed());
    },
  },
  {
    title: 'scans from a key, inclusive, to a key, exclusive',
    run: async ({ storage: { records } }) => {
      await records.commit('p', { puts: ORDERED.map((key) => put(key, key)) });
      const scan = async (from: string, to: string, backwards = false) =>
        keysOf(await records.scan('p', { from, to, limit: 99, backwards }));
      expect(await scan('a', 'ab')).toEqual(['a', 'a/', 'a/b']);
      expect(await scan('a/a', 'c')).toEqual(['a/b', 'ab', 'b']);
      expect(await scan('a', 'ab', true)).toEqual(['a/b', 'a/', 'a']);
      expect(await scan('b', 'b')).toEqual([]);
      expect(await scan('\u{fffd}', '')).toEqual(['\u{fffd}', '\u{1f600}']);
      expect(await scan('', 'a', true)).toEqual(['A']);
      expect(await scan('b', '\u{1f600}')).toEqual(['b', 'é', '中', '\u{fffd}']);
      expect(await scan('\u{fffd}', '', true)).toEqual(['\u{1f600}', '\u{fffd}']);
    },
  },
  {
    title: 'limits a scan and goes on behind it',
    run: async ({ storage: { records } }) => {
      const keys = Array.from({ length: 1300 }, (_, index) => String(index).padStart(5, '0'));
      for (let from = 0; from < keys.length; from += 100) {
        await records.commit('p', { puts: keys.slice(from, from + 100).map((key) => put(key, key)) });
      }
      const seen: string[] = [];
      for (;;) {
        const page = await records.scan('p', { from: `${seen.at(-1) ?? ''}\u0000`, to: '', limit: 333 });
        if (page.length === 0) break;
        seen.push(...keysOf(page));
      }
      expect(seen).toEqual(keys);
      const down = await records.scan('p', { from: '', to: '01000', limit: 2, backwards: true });
      expect(keysOf(down)).toEqual(['00999', '00998']);
    },
  },
];
