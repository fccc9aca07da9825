/**
 * Kills a broker on the embedded storage again and again under load and checks everything that its clients saw, with
 * a million messages stored before. Ends with 1 when any promise is broken; the data folder and the history are then kept.
 *
 *     npm run campaign:crash -- --kills 50 --seed 7 --stored 1000000
 *     npm run campaign:crash -- --check <history that was kept>
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkHistory, type Violation } from '../support/check-history.js';
import { runCrashes, type CrashRunResult } from '../support/crash/crash-run.js';
import type { ReadOperation } from '../support/history.js';
import { readHistory, writeHistory } from '../support/crash/history-file.js';

const MAX_UPTIME_MS = 2500;
const SHOWN_VIOLATIONS = 20;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      stored: { type: 'string', default: '1000000' },
      check: { type: 'string' },
    },
  });
  if (values.check !== undefined) {
    const { operations, finalLog } = await readHistory(values.check);
    report(checkHistory(operations, finalLog).map(describe));
    return;
  }
  const kills = wholeNumber('--kills', values.kills);
  const seed = wholeNumber('--seed', values.seed);
  const storedMessages = wholeNumber('--stored', values.stored);
  const path = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
  console.log(`seed ${seed}, ${kills} kills, ${storedMessages} messages stored before, folder ${path}`);
  const started = performance.now();
  const result = await runCrashes({
    path,
    kills,
    seed,
    storedMessages,
    maxUptimeMs: MAX_UPTIME_MS,
    onProgress: (line) => console.log(line),
  });
  const problems = [
    ...result.violations.map(describe),
    ...(result.storedMessages === storedMessages
      ? []
      : [`of ${storedMessages} messages stored before only ${result.storedMessages} are there`]),
  ];
  printFigures(result, performance.now() - started);
  report(problems);
  if (problems.length === 0) {
    await rm(path, { recursive: true });
    return;
  }
  const file = `${path}-history.ndjson`;
  await writeHistory(file, result.history.operations, result.finalLog);
  console.log(`kept ${path} and ${file}`);
}

function describe({ kind, subject, detail }: Violation): string {
  return `${kind}, ${subject}: ${detail}`;
}

function report(problems: readonly string[]): void {
  for (const problem of problems.slice(0, SHOWN_VIOLATIONS)) console.log(`VIOLATION ${problem}`);
  console.log(`${problems.length} violations`);
  if (problems.length > 0) process.exitCode = 1;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${option} must be a whole number, not ${text}`);
  return value;
}

function printFigures(
  { history, finalLog, starts, killsDuringStart, duplicates, ...rest }: CrashRunResult,
  ms: number,
) {
  const publishes = history.operations.filter((operation) => operation.op === 'publish');
  const count = (outcome: string): number => publishes.filter((publish) => publish.outcome === outcome).length;
  const reads = history.operations.filter(({ op }) => op === 'subscribe' || op === 'list') as ReadOperation[];
  const delivered = reads.reduce((sum, { seen }) => sum + seen.reduce((all, { ids }) => all + ids.length, 0), 0);
  const logged = [...finalLog.values()].reduce((sum, messages) => sum + messages.length, 0);
  const countKind = (kind: string): number => rest.violations.filter((violation) => violation.kind === kind).length;
  console.table({
    'publishes acked': count('acked'),
    'publishes refused': count('refused'),
    'publishes of unknown outcome': count('unknown'),
    'retries answered with the first id': duplicates,
    'messages in the final log': logged,
    'messages read in the run': delivered,
    'reads (streams and pages)': reads.length,
    fetches: history.operations.filter(({ op }) => op === 'fetch').length,
    'acked messages lost': countKind('acked message lost'),
    'ids twice': countKind('id twice'),
    'stored twice': countKind('stored twice'),
    'late arrivals': countKind('late arrival'),
    phantoms: countKind('phantom'),
    'kills during a start': killsDuringStart,
    'stored before, still there': rest.storedMessages,
    'duration, s': Math.round(ms / 1000),
  });
  // The first start is of an empty folder.
  const restarts = starts.slice(1);
  for (const [name, times] of [
    ['ready', restarts.map(({ readyMs }) => readyMs)],
    ['first Fetch', restarts.map(({ servingMs }) => servingMs)],
  ] as const) {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
    console.log(`restart to ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms, ${sorted.length} starts`);
  }
}

void main();
