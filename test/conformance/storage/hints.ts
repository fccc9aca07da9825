import type { Hint, Storage } from '../../../src/storage/storage.js';
import type { ClauseCase } from './clause.js';
import { append, item, numbered } from './items.js';

/** Resolves once a hint has come that `matches`; the test's time limit ends the waiting. */
function hinted(storage: Storage, matches: (hint: Hint) => boolean): Promise<Hint> {
  return new Promise((resolve) => {
    const stop = storage.watch((hint) => {
      if (!matches(hint)) return;
      stop();
      resolve(hint);
    });
  });
}

const reached = (subject: string, id: number) => (hint: Hint) =>
  hint.kind === 'subject' && hint.subject === subject && hint.lastId >= id;

const changed = (partition: string) => (hint: Hint) => hint.kind === 'partition' && hint.partition === partition;

const puts = [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }];

export const hintsCases: readonly ClauseCase[] = [
  {
    title: 'reports how far each subject has come, when that can be read',
    run: async ({ storage }) => {
      const hints = Promise.all([hinted(storage, reached('a', 3)), hinted(storage, reached('b', 1))]);
      await append(storage.log, ...numbered('a', 3), item('b', 'x'));
      expect(await hints).toEqual([
        { kind: 'subject', subject: 'a', lastId: 3 },
        { kind: 'subject', subject: 'b', lastId: 1 },
      ]);
      expect((await storage.log.get('a', 3))?.id).toBe(3);
    },
  },
  {
    title: 'reports the partition of a commit',
    run: async ({ storage }) => {
      const hint = hinted(storage, changed('p'));
      await storage.records.commit('p', { puts });
      expect(await hint).toEqual({ kind: 'partition', partition: 'p' });
    },
  },
  {
    title: 'reports to every listener until it stops',
    run: async ({ storage }) => {
      const seen: Hint[] = [];
      const stop = storage.watch((hint) => void seen.push(hint));
      const first = hinted(storage, reached('a', 1));
      await append(storage.log, item('a', 'x'));
      await first;
      stop();
      stop();
      const before = seen.length;
      const second = hinted(storage, reached('a', 2));
      await append(storage.log, item('a', 'x'));
      await second;
      expect(before).toBeGreaterThan(0);
      expect(seen).toHaveLength(before);
    },
  },
  {
    title: 'reports what another process has written',
    appliesTo: ({ remoteHints }) => remoteHints,
    run: async ({ storage, openPeer }) => {
      const peer = await openPeer();
      const hints = Promise.all([hinted(peer, reached('a', 1)), hinted(peer, changed('p'))]);
      await append(storage.log, item('a', 'x'));
      await storage.records.commit('p', { puts });
      await hints;
    },
  },
];
