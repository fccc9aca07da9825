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
import { checkHistory } from '../support/check-history.js';
import { embeddedFlags } from '../support/crash/broker-under-test.js';
import { runCrashes, type CrashRunResult } from '../support/crash/crash-run.js';
import { readHistory, writeHistory } from '../support/crash/history-file.js';
import { describeViolation, historyFigures, reportProblems, summary } from '../support/crash/history-figures.js';

const MAX_UPTIME_MS = 2500;

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
    reportProblems(checkHistory(operations, finalLog).map(describeViolation));
    return;
  }
  const kills = wholeNumber('--kills', values.kills);
  const seed = wholeNumber('--seed', values.seed);
  const storedMessages = wholeNumber('--stored', values.stored);
  const path = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
  console.log(`seed ${seed}, ${kills} kills, ${storedMessages} messages stored before, folder ${path}`);
  const started = performance.now();
  const result = await runCrashes({
    storageFlags: embeddedFlags(path),
    kills,
    seed,
    storedMessages,
    maxUptimeMs: MAX_UPTIME_MS,
    onProgress: (line) => console.log(line),
  });
  const problems = [
    ...result.violations.map(describeViolation),
    ...(result.storedMessages === storedMessages
      ? []
      : [`of ${storedMessages} messages stored before only ${result.storedMessages} are there`]),
  ];
  printFigures(result, performance.now() - started);
  reportProblems(problems);
  if (problems.length === 0) {
    await rm(path, { recursive: true });
    return;
  }
  const file = `${path}-history.ndjson`;
  await writeHistory(file, result.history.operations, result.finalLog);
  console.log(`kept ${path} and ${file}`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${option} must be a whole number, not ${text}`);
  return value;
}

function printFigures(
  { history, finalLog, starts, killsDuringStart, duplicates, storedMessages, violations }: CrashRunResult,
  ms: number,
): void {
  console.table({
    ...historyFigures(history.operations, finalLog, violations),
    'retries answered with the first id': duplicates,
    'kills during a start': killsDuringStart,
    'stored before, still there': storedMessages,
    'duration, s': Math.round(ms / 1000),
  });
  // The first start is of an empty folder.
  const restarts = starts.slice(1);
  console.log(`restart to ready: ${summary(restarts.map(({ readyMs }) => readyMs))}`);
  console.log(`restart to first Fetch: ${summary(restarts.map(({ servingMs }) => servingMs))}`);
}

void main();
