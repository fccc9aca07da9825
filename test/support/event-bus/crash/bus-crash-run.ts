import { setTimeout as wait } from 'node:timers/promises';
import type { RawBus } from '../../raw-bus.js';
import { Random } from '../../random.js';
import { eventsOf } from '../bus-answers.js';
import { request, streamNotFound } from '../bus-requests.js';
import { type BusClient, comeAndGo, markEvents, writeEvents } from './bus-clients.js';
import { BusUnderTest, type StartBusServer } from './bus-under-test.js';
import { checkStream, type SeenStream, settle } from './check-stream.js';
import { StreamHistory } from './stream-history.js';

export interface BusCrashOptions {
  /** Of a server with these flags whose data outlives it. */
  readonly start: StartBusServer;
  readonly kills: number;
  readonly seed: number;
  /** Longest time under load before a kill. */
  readonly maxUptimeMs: number;
  readonly onProgress: (line: string) => void;
}

export interface BusCrashResult {
  /** Broken promises, in words. */
  readonly problems: readonly string[];
  readonly writes: number;
  readonly marks: number;
  /** Streams that came and went. */
  readonly streams: number;
  /** Requests without an answer when the server was killed. */
  readonly unanswered: number;
  readonly killsDuringStart: number;
  /** Until each restart was ready, in milliseconds. */
  readonly restartMs: readonly number[];
}

const STREAMS = 2;
const MIN_UPTIME_MS = 150;

/** Writes and marks while the server is killed again and again; after each crash every stream is looked at. */
export async function runBusCrashes(options: BusCrashOptions): Promise<BusCrashResult> {
  const broker = await BusUnderTest.start(options.start);
  const ending = new AbortController();
  try {
    return await run(options, broker, ending);
  } finally {
    ending.abort();
    await broker.dispose();
  }
}

async function run(
  { kills, seed, maxUptimeMs, onProgress }: BusCrashOptions,
  broker: BusUnderTest,
  ending: AbortController,
): Promise<BusCrashResult> {
  const random = new Random(seed);
  const lasting = Array.from({ length: STREAMS }, (_, index) => new StreamHistory(`lasting ${index}`));
  const passing: StreamHistory[] = [];
  const setUp = await broker.open();
  for (const stream of lasting) {
    await setUp.ask(request('create_stream', { stream_name: stream.name }));
    stream.creation = 'done';
  }

  let step = 0;
  const nextStep = (): number => ++step;
  const client = (name: string): BusClient => {
    return { name, broker, random: new Random(random.below(2 ** 31)), nextStep, stopping: ending.signal };
  };
  const clients = [
    ...lasting.flatMap((stream, index) => [
      writeEvents(client(`deep ${index}`), stream, 100),
      writeEvents(client(`shallow ${index}`), stream, 4),
      writeEvents(client(`one by one ${index}`), stream, 1),
      markEvents(client(`even ${index}`), stream, { turn: 0, turns: 2 }),
      markEvents(client(`odd ${index}`), stream, { turn: 1, turns: 2 }),
    ]),
    comeAndGo(client('passing'), passing),
  ];
  const load = Promise.all(clients).then(() => Promise.reject(new Error('the load ended by itself')));
  // It is over at the end of the run, whatever came before.
  load.catch(() => {});

  const problems: string[] = [];
  const restartMs: number[] = [];
  let unanswered = 0;
  let killsDuringStart = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const writesBefore = countWrites(lasting);
    await Promise.race([wait(MIN_UPTIME_MS + random.below(maxUptimeMs - MIN_UPTIME_MS)), load]);
    // On a busy machine a storage on the network may have answered nothing yet.
    while (countWrites(lasting) === writesBefore) await Promise.race([wait(MIN_UPTIME_MS), load]);
    await broker.kill();
    await Promise.race([broker.allWait(clients.length), load]);
    unanswered += [...lasting, ...passing].reduce((sum, stream) => sum + countOpen(stream), 0);
    if (kill < kills && random.below(5) === 0) {
      await broker.killWhileStarting(random.below(600));
      kill++;
      killsDuringStart++;
    }
    restartMs.push(await broker.restart());
    const found = await lookAtAll([...lasting, ...passing], await broker.open(), nextStep());
    problems.push(...found.map((problem) => `after kill ${kill}: ${problem}`));
    onProgress(`kill ${kill} of ${kills}: ready after ${restartMs.at(-1)?.toFixed(0)} ms, ${found.length} problems`);
    broker.openGate();
  }
  return {
    problems,
    writes: countWrites(lasting),
    marks: lasting.reduce((sum, { marks }) => sum + marks.size, 0),
    streams: passing.length,
    unanswered,
    killsDuringStart,
    restartMs,
  };
}

async function lookAtAll(streams: readonly StreamHistory[], bus: RawBus, step: number): Promise<string[]> {
  const problems: string[] = [];
  for (const stream of streams) {
    const seen = await lookAt(bus, stream.name);
    problems.push(...checkStream(stream, seen).map((problem) => `${stream.name}: ${problem}`));
    settle(stream, seen, step);
  }
  return problems;
}

async function lookAt(bus: RawBus, streamName: string): Promise<SeenStream | undefined> {
  const byName = { stream_name: streamName };
  const all = await bus.ask(request('get_stream_events', byName));
  if (all === streamNotFound('get_stream_events', streamName)) return undefined;
  return {
    all: eventsOf('get_stream_events', all),
    unprocessed: eventsOf('process_events', await bus.ask(request('process_events', byName))),
    retry: eventsOf('retry_events', await bus.ask(request('retry_events', byName))),
  };
}

function countWrites(streams: readonly StreamHistory[]): number {
  return streams.reduce((sum, { writes }) => sum + countDone(writes.values()), 0);
}

function countDone(writes: Iterable<{ readonly outcome: string }>): number {
  return [...writes].filter(({ outcome }) => outcome === 'done').length;
}

function countOpen({ writes, marks }: StreamHistory): number {
  return [...writes.values(), ...[...marks.values()].flat()].filter(({ outcome }) => outcome === 'open').length;
}
