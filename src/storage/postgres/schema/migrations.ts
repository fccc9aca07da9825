import { appendFunction } from './append-function.js';
import { appendOneFunction } from './append-one-function.js';
import { appendIfFunction } from './append-if-function.js';
import { commitFunction } from './commit-function.js';
import { expireFunction } from './expire-function.js';
import { settleFunction } from './outcome-function.js';
import type { SqlNames } from './sql-names.js';
import { tables } from './tables.js';
import { timeFunctions } from './time-functions.js';

/**
 * What brings a schema from each version to the next; the first begins with an empty one. Released ones never change:
 * a change is a new one at the end, and must leave working what processes of the version before call.
 */
export const MIGRATIONS: readonly ((names: SqlNames) => string)[] = [
  (names) =>
    [
      tables,
      settleFunction,
      appendOneFunction,
      appendFunction,
      appendIfFunction,
      commitFunction,
      expireFunction,
      timeFunctions,
    ]
      .map((part) => part(names))
      .join('\n'),
];
