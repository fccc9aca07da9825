/**
 * Three brokers on one store under load, while they and the store are killed again and again or another fault goes on;
 * then everything that the clients saw is checked against the log. Ends with 1 when any promise is broken; the history is
 * then kept.
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { checkHistory } from '../support/check-history.js';
import { FINAL_READER } from '../support/crash/final-read.js';
import { readHistory, writeHistory } from '../support/crash/history-file.js';
import { describeViolation, historyFigures, reportProblems, summary } from '../support/crash/history-figures.js';
import { deliveryDelays } from '../support/replicas/delivery-delays.js';
import { describeFault } from '../support/replicas/fault-log.js';
import {
  cutNotifications,
  type FaultScript,
  inTurn,
  killAtRandom,
  pauseStore,
  swallowNotifications,
} from '../support/replicas/fault-scripts.js';
import { storeRecoveries } from '../support/replicas/recovery-times.js';
import { runReplicas, type ReplicaRunResult } from '../support/replicas/replica-run.js';
import { SHARED_STORAGES, type SharedStorage, StoreUnderTest } from '../support/replicas/store-under-test.js';

const HELP = `Usage: npm run campaign:replicas -- --storage postgres|redis|cassandra [options]

Kills three brokers on one store and the store itself again and again under load, and checks everything that
publishers and subscribers saw.

  --storage <name>      postgres, redis or cassandra; each is started as a server of its own
  --kills <number>      kill -9 of a random broker (default: 20)
  --store-kills <number> kill -9 of the store (default: 10)
  --fault <name>        instead of kills: pause (the store is held for 10 s, three times), cut (what wakes the brokers is
                        ended every 3 s for a minute), blackhole (it is swallowed for a minute); Cassandra knows only pause
  --seed <number>       repeats a run's faults and messages (default: random)
  --check <file>        only checks a history that an earlier run has kept
  --help                shows this
`;

const REPLICAS = 3;
const MIN_UPTIME_MS = 500;
const MAX_UPTIME_MS = 3000;
const PAUSE_MS = 10_000;
const PAUSES = 3;
const CUT_EVERY_MS = 3000;
const CUTS = 20;
const BLACKHOLE_MS = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      storage: { type: 'string' },
      kills: { type: 'string', default: '20' },
      'store-kills': { type: 'string', default: '10' },
      fault: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      check: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.check !== undefined) {
    const { operations, finalLog } = await readHistory(values.check);
    reportProblems(checkHistory(operations, finalLog).map(describeViolation));
    return;
  }
  const storage = storageNamed(values.storage);
  const kills = wholeNumber('--kills', values.kills);
  const storeKills = wholeNumber('--store-kills', values['store-kills']);
  const seed = wholeNumber('--seed', values.seed);
  const faults =
    values.fault === undefined
      ? { script: killAtRandom({ kills, storeKills, ...UPTIME }), steps: kills + storeKills }
      : faultNamed(values.fault);
  console.log(
    `${storage}, seed ${seed}, ${values.fault ?? `${kills} kills of brokers and ${storeKills} of the store`}`,
  );
  const started = performance.now();
  const progress = showProgress(faults.steps);
  const store = await StoreUnderTest.start(storage, { proxied: values.fault === 'blackhole' });
  let result: ReplicaRunResult;
  try {
    result = await runReplicas({ store, replicas: REPLICAS, seed, faults: faults.script, onFault: progress.step });
  } finally {
    progress.stop();
    await store.stop();
  }
  print(result, performance.now() - started);
  reportProblems(result.violations.map(describeViolation));
  if (result.violations.length > 0) await keep(result, join(tmpdir(), `waybill-replicas-${storage}-${seed}`));
}

const UPTIME = { minUptimeMs: MIN_UPTIME_MS, maxUptimeMs: MAX_UPTIME_MS } as const;

interface Faults {
  readonly script: FaultScript;
  /** Entries of the progress bar. */
  readonly steps: number;
}

function faultNamed(name: string): Faults {
  switch (name) {
    case 'pause':
      return {
        script: inTurn(...new Array(PAUSES).fill(pauseStore({ pauseMs: PAUSE_MS, aroundMs: MAX_UPTIME_MS }))),
        steps: PAUSES,
      };
    case 'cut':
      return { script: cutNotifications({ everyMs: CUT_EVERY_MS, forMs: CUTS * CUT_EVERY_MS }), steps: CUTS };
    case 'blackhole':
      return { script: swallowNotifications({ forMs: BLACKHOLE_MS, aroundMs: MAX_UPTIME_MS }), steps: 1 };
    default:
      throw new Error(`--fault must be pause, cut or blackhole, not ${name}`);
  }
}

function storageNamed(name: string | undefined): SharedStorage {
  const storage = SHARED_STORAGES.find((known) => known === name);
  if (storage === undefined) throw new Error(`--storage must be one of ${SHARED_STORAGES.join(', ')}`);
  return storage;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${option} must be a whole number, not ${text}`);
  return value;
}

/** A bar where somebody watches, otherwise a line for each fault. */
function showProgress(steps: number): { step: (line: string) => void; stop: () => void } {
  if (process.stderr.isTTY !== true) return { step: (line) => console.error(line), stop: () => {} };
  const bar = new SingleBar({
    format: '{bar} {value} of {total} | {fault}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let done = 0;
  bar.start(steps, done, { fault: 'starting' });
  return {
    step: (fault) => {
      if (/killed|paused|cut|swallowed/.test(fault)) done++;
      bar.update(Math.min(done, steps), { fault });
    },
    stop: () => bar.stop(),
  };
}

function print({ history, finalLog, faults, starts, counters, deliveredMs, violations }: ReplicaRunResult, ms: number) {
  const { operations } = history;
  console.table({
    ...historyFigures(operations, finalLog, violations),
    'fire-and-forget publishes': operations.filter((it) => it.op === 'publish' && it.transient === true).length,
    'retries answered with the first id': counters.duplicates,
    'kills of brokers': faults.count('replica killed'),
    'kills of the store': faults.count('store killed'),
    'duration, s': Math.round(ms / 1000),
  });
  console.log('failed attempts:', Object.fromEntries(counters.failures));
  const undisturbed = starts.filter((start) => start.undisturbed);
  console.log(`broker start to ready: ${summary(undisturbed.map(({ readyMs }) => readyMs))}`);
  console.log(`broker start to first acknowledgement: ${summary(undisturbed.map(({ ackMs }) => ackMs))}`);
  console.log(`store back to first acknowledgement: ${summary(storeRecoveries(operations, faults.entries))}`);
  for (const [client, delays] of deliveryDelays(operations)) {
    if (client === FINAL_READER) continue;
    console.log(`acknowledgement to delivery, ${client}: ${summary(delays, 1)}`);
  }
  console.log(`everything delivered ${deliveredMs.toFixed(0)} ms after the last acknowledgement`);
}

async function keep({ history, finalLog, faults }: ReplicaRunResult, path: string): Promise<void> {
  await writeHistory(`${path}.ndjson`, history.operations, finalLog);
  await writeFile(`${path}-faults.txt`, `${faults.entries.map(describeFault).join('\n')}\n`);
  console.log(`kept ${path}.ndjson and ${path}-faults.txt`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
