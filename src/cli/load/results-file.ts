import { closeSync, openSync, readFileSync } from 'node:fs';
import { UsageError } from '../exit-code.js';
import type { LoadResults } from './load-results.js';

/** @throws UsageError for a file that cannot be read or was not written by `waybill load --results` */
export function readResults(path: string): LoadResults {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isResults(value)) throw new UsageError(`${path} does not hold results of "waybill load" of this version`);
  return value;
}

/** The format names all of the shape; what else is looked at tells other files that have one. */
function isResults(value: unknown): value is LoadResults {
  if (typeof value !== 'object' || value === null) return false;
  const { format, total, settings, seconds } = value as Partial<Record<keyof LoadResults, unknown>>;
  return format === 1 && typeof total === 'object' && typeof settings === 'object' && Array.isArray(seconds);
}

/** Before the work whose outcome goes there. @throws UsageError when it cannot be written */
export function assertWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** For people to read too; a line per second and per bucket is too long. */
export function resultsText(results: LoadResults): string {
  const { seconds, latencyBuckets, ...rest } = results;
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  const rows = seconds.map((second) => `    ${JSON.stringify(second)}`).join(',\n');
  return `${head},\n  "seconds": [\n${rows}\n  ],\n  "latencyBuckets": ${JSON.stringify(latencyBuckets)}\n}\n`;
}
