/**
 * `npm run loadtest`: puts the load of `waybill load` and of `ramp.js` (with k6, where it is installed) on a broker per
 * storage, and writes what came out to `loadtest/results/`. `--storages` names them, comma separated; `--to`, `--rise`,
 * `--hold` and `--k6-duration` are those of the two loads; `--results` is the folder. Servers and loads share the cores
 * of this machine. It ends with 1 when one of the loads was stopped by errors or crossed a threshold.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NETWORK_STORAGES, startStore } from '../bench/storages/store.js';
import { MAIN, withBroker } from '../bench/with-broker.js';
import type { LoadResults } from '../src/cli/load/load-results.js';
import { findTool } from '../test/support/tools.js';
import { type K6Figures, resultsReadme, type StorageResults } from './results-readme.js';

const { values: options } = parseArgs({
  options: {
    storages: { type: 'string', default: 'memory,embedded,postgres,redis' },
    to: { type: 'string', default: '1500' },
    rise: { type: 'string', default: '15s' },
    hold: { type: 'string', default: '15s' },
    'k6-duration': { type: 'string', default: '15s' },
    results: { type: 'string', default: join('loadtest', 'results') },
  },
});

/** Of the native load, beside the flags of this command. */
const LOAD_FLAGS = ['--from', '100', '--warm-up', '3s', '--fetch', '10%', '--subscribers', '160'];

/** Runs a program to its end, shows what it says, and answers its exit code. */
async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null) throw new Error(`${program} was ended by a signal`);
  return code;
}

/** The commit, with a plus where the sources are not as it has them. */
function commit(): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', 'src') === '' ? '' : '+'}`;
}

/** Runs `work` with the settings that brokers need to use a storage, which is empty. */
async function withStorage<T>(
  storage: string,
  work: (settings: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const network = NETWORK_STORAGES.find((name) => name === storage);
  if (network === undefined) return work({});
  const store = await startStore(network);
  try {
    return await work(store.settings());
  } finally {
    await store.stop();
  }
}

async function nativeLoad(storage: string, address: string, note: string): Promise<LoadResults> {
  const results = join(options.results, `${storage}.json`);
  const { to, rise, hold } = options;
  await run(process.execPath, [
    ...[MAIN, 'load', '--address', address, ...LOAD_FLAGS, '--to', to, '--rise', rise, '--hold', hold],
    ...['--results', results, '--report', join(options.results, `${storage}.html`), '--note', `commit:${note}`],
  ]);
  return JSON.parse(readFileSync(results, 'utf8')) as LoadResults;
}

/** Undefined where there is no k6. */
async function k6Load(storage: string, address: string): Promise<K6Figures | undefined> {
  const { command, unavailableReason } = findTool('k6');
  if (unavailableReason !== undefined) {
    process.stderr.write(`without k6: ${unavailableReason}\n`);
    return undefined;
  }
  const summary = join(options.results, `${storage}.k6.json`);
  const env = { ADDR: address, DURATION: options['k6-duration'], SUMMARY: summary, K6_NO_USAGE_REPORT: 'true' };
  const exitCode = await run(command, ['run', '--quiet', '--no-color', join('loadtest', 'ramp.js')], env);
  const { metrics, state } = JSON.parse(readFileSync(summary, 'utf8')) as {
    readonly state: { readonly testRunDurationMs: number };
    readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>;
  };
  rmSync(summary);
  const value = (metric: string, name: string): number => metrics[metric]?.values[name] ?? 0;
  return {
    passed: exitCode === 0,
    callsPerSecond: value('checks', 'passes') / (state.testRunDurationMs / 1000),
    p95Ms: value('grpc_req_duration', 'p(95)'),
    dropped: value('dropped_iterations', 'count'),
  };
}

async function main(): Promise<void> {
  mkdirSync(options.results, { recursive: true });
  const note = commit();
  const [busy = 0] = loadavg();
  const all: StorageResults[] = [];
  for (const storage of options.storages.split(',')) {
    process.stderr.write(`\n== ${storage}\n`);
    const results = await withStorage(storage, (settings) =>
      withBroker(
        storage,
        async (address) => ({
          storage,
          load: await nativeLoad(storage, address, note),
          k6: await k6Load(storage, address),
        }),
        { settings },
      ),
    );
    all.push(results);
  }
  writeFileSync(join(options.results, 'README.md'), resultsReadme(all, note, busy));
  process.stderr.write(`\n${join(options.results, 'README.md')}\n`);
  const bad = all.filter(({ load, k6 }) => load.ended !== 'complete' || k6?.passed === false);
  if (bad.length > 0) throw new Error(`not all is well on ${bad.map(({ storage }) => storage).join(', ')}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
