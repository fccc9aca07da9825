/**
 * What a broker on the embedded storage takes in memory: idle and empty, after a million messages were stored, and idle
 * after a kill with all of them in the store. Ends with 1 when a bound is exceeded.
 *
 *     npm run campaign:memory -- --stored 1000000
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BrokerUnderTest, embeddedFlags } from '../support/crash/broker-under-test.js';
import { countStored, storeMessages } from '../support/crash/stored-messages.js';

const MAX_IDLE_MIB = 120;
const MAX_ADDED_HEAP_MIB = 100;
const MAX_RESTART_MS = 2000;
const SETTLE_MS = 3000;

/** In MiB. */
interface Memory {
  readonly resident: number;
  readonly heapUsed: number;
  readonly external: number;
  /** Of the resident memory what is not pages of files; undefined where the system does not tell. The store is mapped. */
  readonly anonymous: number | undefined;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stored: { type: 'string', default: '1000000' } } });
  const count = Number(values.stored);
  const path = await mkdtemp(join(tmpdir(), 'waybill-memory-'));
  const broker = await BrokerUnderTest.create(embeddedFlags(path));
  try {
    await broker.start();
    const empty = await settledMemory(broker);
    const client = broker.connect();
    const started = performance.now();
    await storeMessages(client, count);
    const seconds = (performance.now() - started) / 1000;
    const filled = await settledMemory(broker);
    await broker.kill();
    const { readyMs, servingMs } = await broker.start();
    const restarted = await settledMemory(broker);
    const found = await countStored(client);
    const read = await settledMemory(broker);
    client.close();

    console.table({
      'idle, empty': empty,
      'after storing': filled,
      'idle, restarted': restarted,
      'after reading': read,
    });
    console.log(`stored ${count} messages in ${seconds.toFixed(1)} s, after kill -9 ${found} are there`);
    console.log(`restart: ready after ${readyMs.toFixed(0)} ms, first Fetch after ${servingMs.toFixed(0)} ms`);
    const addedHeap = Math.max(filled.heapUsed, restarted.heapUsed) - empty.heapUsed;
    console.log(`heap added: ${addedHeap.toFixed(1)} MiB`);
    const kept =
      found === count && empty.resident < MAX_IDLE_MIB && addedHeap < MAX_ADDED_HEAP_MIB && servingMs < MAX_RESTART_MS;
    console.log(kept ? 'all bounds kept' : 'A BOUND IS EXCEEDED');
    process.exitCode = kept ? 0 : 1;
  } finally {
    await broker.kill();
    await rm(path, { recursive: true });
  }
}

/** After a while without work. Garbage that was not collected counts. */
async function settledMemory(broker: BrokerUnderTest): Promise<Memory> {
  await wait(SETTLE_MS);
  const metrics = await (await fetch(`http://${broker.adminAddress}/metrics`)).text();
  const gauge = (name: string): number => mebibytes(Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]));
  return {
    resident: gauge('process_resident_memory_bytes'),
    heapUsed: gauge('nodejs_heap_size_used_bytes'),
    external: gauge('nodejs_external_memory_bytes'),
    anonymous: await anonymousMemory(broker.pid ?? 0),
  };
}

async function anonymousMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : mebibytes(Number(kibibytes) * 1024);
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}

void main();
