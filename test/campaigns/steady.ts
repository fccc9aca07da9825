/**
 * Two brokers on one store, to which messages and events come as fast as they expire: what the store and the brokers
 * hold must level off. Ends with 1 when it does not.
 */
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../support/random.js';
import { SHARED_STORAGES, type SharedStorage, StoreUnderTest } from '../support/replicas/store-under-test.js';
import { growthInLastThird, type Sample } from '../support/steady/levels-off.js';
import { MeasuredBroker } from '../support/steady/measured-broker.js';
import { processSteadily, publishSteadily, SteadyCounts, subscribeSteadily } from '../support/steady/steady-load.js';
import { openGauge, type StoreGauge } from '../support/steady/store-gauge.js';

const HELP = `Usage: npm run campaign:steady -- --storage postgres|redis|cassandra [options]

Publishes 400 messages and 20 events a second that live for some seconds, and watches what the store and two brokers
hold. A server of its own is started for the store.

  --storage <name>    postgres, redis or cassandra
  --minutes <number>  how long (default: 20)
  --seed <number>     repeats the messages (default: random)
  --help              shows this
`;

const BROKERS = 2;
/** With the feeds' default size it would take an hour until each subject's recent messages have filled it. */
const FLAGS = ['--idempotency-window', '15s', '--feed-max-messages', '16', '--log-level', 'warn'];
const SAMPLE_EVERY_MS = 5000;
/** Of its mean, in the last third of the time. */
const MAX_GROWTH = 0.1;
const MIB = 2 ** 20;

interface Measured {
  readonly seconds: number;
  readonly store: number;
  readonly storeDetail: string;
  readonly heaps: readonly number[];
  readonly resident: readonly number[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      storage: { type: 'string' },
      minutes: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const storage = SHARED_STORAGES.find((known) => known === values.storage);
  if (storage === undefined) throw new Error(`--storage must be one of ${SHARED_STORAGES.join(', ')}`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0, not ${values.minutes}`);
  console.log(`${storage}, ${minutes} minutes, seed ${values.seed}`);
  verdict(await run(storage, minutes * 60, new Random(Number(values.seed))));
}

async function run(storage: SharedStorage, seconds: number, random: Random): Promise<readonly Measured[]> {
  const store = await StoreUnderTest.start(storage);
  const brokers: MeasuredBroker[] = [];
  const stopping = new AbortController();
  let gauge: StoreGauge | undefined;
  try {
    while (brokers.length < BROKERS) brokers.push(await MeasuredBroker.start([...store.flags, ...FLAGS]));
    gauge = await openGauge(store);
    const counts = new SteadyCounts();
    const load = Promise.all(
      brokers.flatMap(({ client }) => [
        publishSteadily(client, new Random(random.below(2 ** 31)), counts, stopping.signal),
        processSteadily(client, new Random(random.below(2 ** 31)), counts, stopping.signal),
        subscribeSteadily(client, counts, stopping.signal),
      ]),
    );
    const samples = await Promise.race([
      sample(brokers, gauge, counts, seconds),
      load.then(() => Promise.reject(new Error('the load ended by itself'))),
    ]);
    stopping.abort();
    await load;
    return samples;
  } finally {
    stopping.abort();
    await gauge?.close();
    await Promise.all(brokers.map((broker) => broker.dispose()));
    await store.stop();
  }
}

async function sample(
  brokers: readonly MeasuredBroker[],
  gauge: StoreGauge,
  counts: SteadyCounts,
  seconds: number,
): Promise<readonly Measured[]> {
  const samples: Measured[] = [];
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  for (let minute = 1; elapsed() < seconds;) {
    await wait(SAMPLE_EVERY_MS);
    const { bytes, detail } = await gauge.size();
    const measured = {
      seconds: elapsed(),
      store: bytes,
      storeDetail: detail,
      heaps: await Promise.all(brokers.map((broker) => broker.heapBytes())),
      resident: await Promise.all(brokers.map((broker) => broker.residentBytes())),
    };
    samples.push(measured);
    if (measured.seconds < minute * 60) continue;
    console.log(`${String(minute++).padStart(3)} min: ${describe(measured)}; ${describeCounts(counts)}`);
  }
  return samples;
}

function describe({ store, storeDetail, heaps, resident }: Measured): string {
  return `store ${mebibytes([store])}, ${storeDetail}; brokers' heaps ${mebibytes(heaps)}, resident ${mebibytes(resident)}`;
}

function describeCounts({ published, delivered, events, leased, attempts }: SteadyCounts): string {
  const failures = [...attempts.failures].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'no';
  return `${published} published, ${delivered} delivered, ${events} events, ${leased} leased, ${failures} failures`;
}

function mebibytes(bytes: readonly number[]): string {
  return `${bytes.map((value) => (value / MIB).toFixed(1)).join(' and ')} MiB`;
}

function verdict(samples: readonly Measured[]): void {
  const series: readonly (readonly [string, (measured: Measured) => number])[] = [
    ['the store', ({ store }) => store],
    ...Array.from({ length: BROKERS }, (_, index) => {
      return [`heap of broker ${index}`, ({ heaps }: Measured) => heaps[index] ?? 0] as const;
    }),
  ];
  for (const [name, valueOf] of series) {
    const growth = growthInLastThird(samples.map((it): Sample => ({ seconds: it.seconds, value: valueOf(it) })));
    const levelsOff = growth <= MAX_GROWTH;
    const percent = `${(growth * 100).toFixed(1)} % in the last third`;
    console.log(`${name} ${levelsOff ? 'levels off' : 'GROWS'}: ${percent}`);
    if (!levelsOff) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
