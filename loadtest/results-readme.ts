import type { LoadFigures, LoadResults } from '../src/cli/load/load-results.js';

/** What `ramp.js` says. */
export interface K6Figures {
  /** Whether all its thresholds held. */
  readonly passed: boolean;
  readonly callsPerSecond: number;
  readonly p95Ms: number;
  /** Iterations. */
  readonly dropped: number;
}

export interface StorageResults {
  readonly storage: string;
  readonly load: LoadResults;
  /** Undefined where there was no k6. */
  readonly k6: K6Figures | undefined;
}

const SURVIVES: Readonly<Record<string, string>> = { none: '-', process: 'a kill', machine: 'loss of power' };

const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
/** @param columns heads with the cell of each row */
function table<T>(columns: readonly (readonly [head: string, cell: (row: T) => string])[], rows: readonly T[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([head]) => head)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n');
}

/** While the rate held; of a load that was stopped, all of it. */
const held = ({ load }: StorageResults): LoadFigures =>
  load.ended === 'complete' && load.hold !== undefined ? load.hold : load.total;

const LOAD_COLUMNS: readonly (readonly [string, (results: StorageResults) => string])[] = [
  ['storage', ({ storage }) => storage],
  ['acknowledged survives', ({ load }) => SURVIVES[load.server?.durability ?? 'none'] ?? ''],
  [
    'answered',
    (results) => (results.load.ended === 'complete' ? `${held(results).perSecond.toFixed(0)}/s` : results.load.ended),
  ],
  ['errors', (results) => `${(held(results).unserved * 100).toFixed(2)} %`],
  ['p50', (results) => ms(held(results).latencyMs.p50)],
  ['p95', (results) => ms(held(results).latencyMs.p95)],
  ['p99', (results) => ms(held(results).latencyMs.p99)],
  ['max', (results) => ms(held(results).latencyMs.max)],
  ['delivery p50', ({ load }) => (load.delivery === undefined ? '' : ms(load.delivery.latencyMs.p50))],
  ['delivery p99', ({ load }) => (load.delivery === undefined ? '' : ms(load.delivery.latencyMs.p99))],
  ['started late, p99', ({ load }) => ms(load.startDelayMs.p99)],
  ['report', ({ storage }) => `[plots](${storage}.html), [figures](${storage}.json)`],
];

const K6_COLUMNS: readonly (readonly [string, (results: { storage: string; k6: K6Figures }) => string])[] = [
  ['storage', ({ storage }) => storage],
  ['thresholds', ({ k6 }) => (k6.passed ? 'passed' : 'FAILED')],
  ['calls', ({ k6 }) => `${k6.callsPerSecond.toFixed(0)}/s`],
  ['p95, ms', ({ k6 }) => ms(k6.p95Ms)],
  ['dropped iterations', ({ k6 }) => String(k6.dropped)],
];

/**
 * The page of the results: both loads for each storage, and where they were made.
 *
 * @param commit that the broker was built from
 * @param busy how many programs wanted a core in the minute before
 */
export function resultsReadme(all: readonly StorageResults[], commit: string, busy: number): string {
  const [first] = all;
  if (first === undefined) throw new Error('no storages');
  const { machine, settings, startTime } = first.load;
  const { from, to, riseMs, holdMs, fetchShare, subscribers, connections } = settings;
  const withK6 = all.flatMap(({ storage, k6 }) => (k6 === undefined ? [] : [{ storage, k6 }]));
  return `# Results of the load tests

Made by \`npm run loadtest\` on ${startTime.slice(0, 10)}, commit ${commit}, on ${machine.cores} × ${machine.cpu},
${(machine.memory / 2 ** 30).toFixed(0)} GiB, ${machine.system}, Node ${machine.node}; load average before: ${busy.toFixed(1)}. Broker, storage and load
share these cores, so the figures compare storages and commits with each other; they are not what a broker of its own can do.

## \`waybill load\`

From ${from} to ${to} calls per second in ${riseMs / 1000} s, then ${holdMs / 1000} s held, to which the figures belong. ${fetchShare * 100} % of the calls
fetch; ${connections} connections, ${subscribers} subscribers, so that each message is delivered to one. Latencies are in milliseconds and count
from when a call was due, so a stall counts for all the calls that it held up; *started late* is what of it the load client itself
took to begin them.

${table(LOAD_COLUMNS, all)}
${withK6.length === 0 ? '' : `\n${k6Section(withK6)}`}`;
}

function k6Section(rows: readonly { readonly storage: string; readonly k6: K6Figures }[]): string {
  return `## k6, \`ramp.js\`

The shape of the original broker's load: batches of 100 publishes with some fetches, at a rate that rises and holds.

${table(K6_COLUMNS, rows)}
`;
}
