import { appendCases } from './append.js';
import { bytesCases } from './bytes.js';
import type { Clause, ClauseCase } from './clause.js';
import { concurrencyCases } from './concurrency.js';
import { conditionsCases } from './conditions.js';
import { durabilityCases } from './durability.js';
import { expiryCases } from './expiry.js';
import { failureCases } from './failure.js';
import { headsAndSubjectsCases } from './heads-and-subjects.js';
import { hintsCases } from './hints.js';
import { isolationCases } from './isolation.js';
import { lifecycleCases } from './lifecycle.js';
import { modelCases } from './model.js';
import { purgeCases } from './purge.js';
import { readCases } from './read.js';
import { recordsCases } from './records.js';
import { timeCases } from './time.js';
import { transientCases } from './transient.js';

export const clauseCases: Record<Clause, readonly ClauseCase[]> = {
  lifecycle: lifecycleCases,
  append: appendCases,
  conditions: conditionsCases,
  read: readCases,
  'heads-and-subjects': headsAndSubjectsCases,
  time: timeCases,
  expiry: expiryCases,
  purge: purgeCases,
  transient: transientCases,
  isolation: isolationCases,
  records: recordsCases,
  hints: hintsCases,
  durability: durabilityCases,
  failure: failureCases,
  bytes: bytesCases,
  concurrency: concurrencyCases,
  model: modelCases,
};
