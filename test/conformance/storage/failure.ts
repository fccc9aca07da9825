import { BrokerError } from '../../../src/core/errors.js';
import type { ClauseCase } from './clause.js';
import { append, appendOne, item, numbered, readAll, rejection } from './items.js';

export const failureCases: readonly ClauseCase[] = [
  {
    title: 'answers failed items beside those that go through',
    run: async ({ storage: { log } }) => {
      await append(log, ...numbered('a', 2));
      const results = await log.append([
        item('a', 'x'),
        item('a', 'refused', { expectedLastId: 1 }),
        item('b', 'y'),
        item('b', 'refused', { expectedLastId: 7 }),
        item('a', 'z'),
      ]);
      expect(results.map((result) => (result instanceof BrokerError ? result.reason : result.id))).toEqual([
        3,
        'EXPECTED_ID_MISMATCH',
        1,
        'EXPECTED_ID_MISMATCH',
        4,
      ]);
      expect(await readAll(log, 'a')).toHaveLength(4);
    },
  },
  {
    title: 'goes on after failures',
    run: async ({ storage: { log } }) => {
      for (let count = 0; count < 5; count += 1) {
        await log.append([item('a', 'refused', { expectedLastId: 99 })]);
        expect(await rejection(log.purge('none', { beforeId: 1, dryRun: false }))).toBe('SUBJECT_NOT_FOUND');
      }
      expect((await appendOne(log, item('a', 'x'))).id).toBe(1);
    },
  },
  {
    title: 'rejects with a BrokerError when it closes under load',
    run: async ({ storage }) => {
      const outcomes = Array.from({ length: 50 }, (_, index) =>
        storage.log.append([item(`s${index % 3}`, 'x')]).then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
      await storage.close();
      for (const error of await Promise.all(outcomes)) {
        if (error !== undefined) expect(error).toBeInstanceOf(BrokerError);
      }
      expect(await rejection(storage.log.append([item('a', 'x')]))).toBe('STORAGE_UNAVAILABLE');
    },
  },
];
