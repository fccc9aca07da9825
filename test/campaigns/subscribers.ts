/**
 * Ten thousand subscribers of one broker on the embedded storage, half of each contract, all of which must get every
 * message exactly once and in order; one of them, on a connection that it shares with others, stops reading for a while.
 * Ends with 1 when anything is missing, doubled or out of order, or when a stream or a publish costs more than it may.
 *
 *     npm run campaign:subscribers -- --subscribers 10000 --connections 100 --seconds 15
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect } from '../../src/client/index.js';
import { ServerProcess } from '../support/server-process.js';
import { Latencies } from '../support/swarm/latencies.js';
import { publishSteadily, type Flow } from '../support/swarm/steady-load.js';
import { StreamConnection } from '../support/swarm/stream-connection.js';
import { Swarm } from '../support/swarm/swarm.js';

/** Memory of the process that each idle stream may add. */
const MAX_STREAM_KIB = 30;
/** From publishing a message until the last of all subscribers has it; of 100 messages the second slowest. */
const MAX_REACH_MS = 500;
const PROBES = 100;
const GROUPS = 10;
/** What the slow subscriber cannot take: 2 MiB a second. */
const FIREHOSE_BYTES = 4096;
/** What a message of the firehose takes with everything around it, or a little more. */
const FIREHOSE_WINDOW = FIREHOSE_BYTES + 200;
const WITHOUT_END = 2 ** 30;
const SETTLE_MS = 3000;
const PATIENCE_MS = 60_000;
/** Of the server's connections from one address. */
const MAX_CONNECTIONS = 1000;
/** Open files of a process that are not connections. */
const SPARE_FILES = 100;
const SHOWN_VIOLATIONS = 20;

interface Options {
  readonly subscribers: number;
  readonly connections: number;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const options = readOptions();
  await checkOpenFiles(options.connections);
  const path = await mkdtemp(join(tmpdir(), 'waybill-subscribers-'));
  const perConnection = Math.ceil(options.subscribers / options.connections);
  const server = ServerProcess.spawn({
    flags: ['--storage', 'embedded', '--embedded-path', path, '--log-level', 'warn']
      .concat(['--grpc-max-streams-per-connection', String(Math.max(256, perConnection))])
      .concat(['--max-subscriptions', String(options.subscribers + 1)]),
  });
  const connections: StreamConnection[] = [];
  try {
    const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
    const publisher = connect({ address, ownConnection: true });
    for (let i = 0; i < options.connections; i++) connections.push(await StreamConnection.connect(address));
    const violations = await campaign(options, server, new Swarm(publisher), connections);
    publisher.close();
    for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) console.log(`VIOLATION ${violation}`);
    console.log(`${violations.length} violations`);
    process.exitCode = violations.length === 0 ? 0 : 1;
  } finally {
    for (const connection of connections) connection.break();
    await server.dispose();
    await rm(path, { recursive: true });
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      subscribers: { type: 'string', default: '10000' },
      connections: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '15' },
    },
  });
  const number = (name: keyof typeof values): number => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
    return value;
  };
  return { subscribers: number('subscribers'), connections: number('connections'), seconds: number('seconds') };
}

/** @throws when this process, or the server that it starts, may not have so many connections */
async function checkOpenFiles(connections: number): Promise<void> {
  if (connections > MAX_CONNECTIONS) throw new Error(`a server takes ${MAX_CONNECTIONS} connections from one address`);
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  if (connections + SPARE_FILES > limit) {
    throw new Error(`${connections} connections need ulimit -n ${connections + SPARE_FILES}, which is ${limit} here`);
  }
}

async function campaign(
  { subscribers, seconds }: Options,
  server: ServerProcess,
  swarm: Swarm,
  connections: readonly StreamConnection[],
): Promise<readonly string[]> {
  const violations: string[] = [];
  const before = await settledResidentKiB(server);

  progress(`opening ${subscribers} streams on ${connections.length} connections`);
  const openedMs = performance.now();
  // The first stream is the one that stops reading; the others of its connection are its neighbours.
  const slow = swarm.subscribe(connections[0]!, 'waybill.v1', ['firehose']);
  for (let i = 1; i < subscribers; i++) {
    const connection = connections[i % connections.length]!;
    const { stream } =
      i % 2 === 0
        ? swarm.subscribe(connection, 'broker', ['everyone'])
        : swarm.subscribe(connection, 'waybill.v1', ['everyone', `group.${i % GROUPS}`, `own.${i}`]);
    stream.allow(WITHOUT_END);
  }
  await inTime('all stand', () => swarm.allStanding());
  const openSeconds = (performance.now() - openedMs) / 1000;
  const streamKiB = ((await settledResidentKiB(server)) - before) / subscribers;
  console.log(
    `${swarm.progress.standing} live after ${openSeconds.toFixed(1)} s, ${streamKiB.toFixed(1)} KiB a stream`,
  );
  if (streamKiB > MAX_STREAM_KIB) violations.push(`a stream costs ${streamKiB.toFixed(1)} KiB`);

  const reach = await reachEverybody(swarm);
  console.log(`one publish to all ${subscribers - 1}: ${reach.summary}`);
  if (reach.percentile(0.99) > MAX_REACH_MS) violations.push(`a publish reaches everybody too late: ${reach.summary}`);

  const flows: readonly Flow[] = [
    { perSecond: 1, subject: () => 'everyone' },
    { perSecond: 20, subject: (n) => `group.${1 + ((2 * n) % GROUPS)}` },
    { perSecond: 20, subject: (n) => `own.${1 + ((2 * n) % (subscribers - 1))}` },
    { perSecond: 500, subject: () => 'firehose', bytes: FIREHOSE_BYTES },
  ];
  let latencies = new Latencies();
  let reading = true;
  swarm.onReceived = (subscriber, { sentMs }) => {
    if (subscriber !== slow.subscriber) latencies.add(performance.now() - sentMs);
    else if (reading) slow.stream.allow(FIREHOSE_WINDOW);
  };
  let done = false;
  const load = publishSteadily(swarm, flows, () => done);
  const phase = async (name: string, work: () => Promise<unknown>): Promise<Latencies> => {
    progress(name);
    latencies = new Latencies();
    const began = performance.now();
    const cpuBefore = await cpuMs(server);
    await work();
    const ms = performance.now() - began;
    const cpuShare = Math.round((((await cpuMs(server)) - cpuBefore) / ms) * 100);
    console.log(
      `delivery to the others, ${name} (${(ms / 1000).toFixed(1)} s, server ${cpuShare} % CPU): ${latencies.summary}`,
    );
    return latencies;
  };
  await wait(SETTLE_MS);
  await phase('all read', () => wait(seconds * 1000));
  reading = false;
  await phase('one stops reading', () => wait(seconds * 1000));
  console.log(`resident meanwhile: ${Math.round((await residentKiB(server)) / 1024)} MiB`);
  const missed = slow.subscriber.received;
  await phase('it reads on from the log', async () => {
    slow.stream.allow(WITHOUT_END);
    const { events } = slow.subscriber;
    await inTime('the slow subscriber catches up', async () => {
      while (!events.includes('fellBehind') || events.at(-1) !== 'caughtUp') await wait(10);
    });
  });
  console.log(
    `the slow one got ${slow.subscriber.received - missed} messages then: ${slow.subscriber.events.join(', ')}`,
  );
  await phase('all read again', () => wait((seconds * 1000) / 3));
  done = true;
  await load;
  await inTime('everybody has everything', () => swarm.allReceived());
  console.log(`${swarm.progress.received} messages received of ${swarm.progress.due}`);
  await swarm.close();
  return [...violations, ...swarm.violations];
}

/** Publishes one message at a time to every subscriber but the slow one: how long the last of them waits. */
async function reachEverybody(swarm: Swarm): Promise<Latencies> {
  progress(`${PROBES} messages to everybody`);
  const reach = new Latencies();
  for (let probe = 0; probe < PROBES; probe++) {
    const began = performance.now();
    await swarm.publish('everyone');
    await inTime('everybody has it', () => swarm.allReceived());
    reach.add(performance.now() - began);
  }
  return reach;
}

/** @throws when it does not happen at all */
async function inTime(what: string, event: () => Promise<void>): Promise<void> {
  const patience = new AbortController();
  const tooLate = wait(PATIENCE_MS, 'too late', { signal: patience.signal }).catch(() => undefined);
  const outcome = await Promise.race([event(), tooLate]);
  patience.abort();
  if (outcome !== undefined) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}

async function settledResidentKiB(server: ServerProcess): Promise<number> {
  await wait(SETTLE_MS);
  return residentKiB(server);
}

async function residentKiB({ pid = 0 }: ServerProcess): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Processor time that the server has used. */
async function cpuMs({ pid = 0 }: ServerProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
