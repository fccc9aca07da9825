/**
 * Kills a server on the embedded storage again and again while clients of the event bus write, mark, create and delete, and
 * looks at every stream after each crash. Ends with 1 when any promise is broken.
 *
 *     npm run campaign:event-bus -- --kills 50 --seed 7
 */
import { parseArgs } from 'node:util';
import { BusServer } from '../support/event-bus/bus-server.js';
import { runBusCrashes } from '../support/event-bus/crash/bus-crash-run.js';

const MAX_UPTIME_MS = 2500;
const SHOWN_PROBLEMS = 20;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const kills = wholeNumber('--kills', values.kills);
  const seed = wholeNumber('--seed', values.seed);
  console.error(`seed ${seed}, ${kills} kills`);
  const started = performance.now();
  const { problems, restartMs, ...counts } = await runBusCrashes({
    start: (...flags) => BusServer.startEmbedded(...flags),
    kills,
    seed,
    maxUptimeMs: MAX_UPTIME_MS,
    onProgress: (line) => console.error(line),
  });
  const sorted = restartMs.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  console.table({
    'writes stored': counts.writes,
    'events marked': counts.marks,
    'streams that came and went': counts.streams,
    'requests without an answer': counts.unanswered,
    'kills during a start': counts.killsDuringStart,
    'restart to ready p50, ms': at(0.5),
    'restart to ready max, ms': at(1),
    'duration, s': Math.round((performance.now() - started) / 1000),
  });
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) console.log(`VIOLATION ${problem}`);
  console.log(`${problems.length} violations`);
  if (problems.length > 0) process.exitCode = 1;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${option} must be a whole number from 1, not ${text}`);
  return value;
}

void main();
