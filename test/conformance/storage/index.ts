/**
 * The conformance suite: every promise of `src/storage/storage.ts`, by clause. A driver proves itself with a file of a
 * few lines: build a {@link StorageHarness} and call {@link describeStorage}.
 */
import { requireBackend } from '../../support/backends.js';
import { clauseCases } from './clause-cases.js';
import { CLAUSES } from './clause.js';
import type { StorageHarness } from './harness.js';
import { applies, runCase } from './run-case.js';

export type { Clause } from './clause.js';
export { manualTime } from './harness.js';
export type { StorageHarness, StorageTime } from './harness.js';

export function describeStorage(harness: StorageHarness): void {
  const backend = harness.backend ?? harness.name;
  requireBackend(backend, harness.unavailable())(`storage ${backend}`, () => {
    for (const clause of CLAUSES) {
      const cases = clauseCases[clause].filter((clauseCase) => applies(harness, clauseCase));
      if (cases.length === 0) continue;
      const excuse = harness.excused?.[clause];
      if (excuse !== undefined) process.stderr.write(`SKIPPED ${clause} of storage ${harness.name}: ${excuse}\n`);
      (excuse === undefined ? describe : describe.skip)(clause, () => {
        for (const clauseCase of cases) {
          test(clauseCase.title, () => runCase(harness, clause, clauseCase));
        }
      });
    }
  });
}
