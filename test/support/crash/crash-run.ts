import { setTimeout as wait } from 'node:timers/promises';
import type { WaybillClient } from '../../../src/client/index.js';
import { checkHistory, type Violation } from '../check-history.js';
import { History, type FinalLog } from '../history.js';
import { Random } from '../random.js';
import { BrokerUnderTest, type StartTimes } from './broker-under-test.js';
import type { Brokers } from './brokers.js';
import { anyCrashSubject, CRASH_PATTERN, CRASH_SUBJECTS, CrashMessages } from './crash-messages.js';
import { listLog, readEverythingAgain } from './final-read.js';
import { LoadCounters } from './load-counters.js';
import { Positions } from './positions.js';
import { publishStreaming, publishUnary } from './publishers.js';
import { readAtRandom, subscribeByHand, subscribeWithResume, type Reader } from './readers.js';
import { countStored, storeMessages } from './stored-messages.js';

export interface CrashRunOptions {
  /** Flags of `waybill serve`, for a storage that is empty and outlives the broker. */
  readonly storageFlags: readonly string[];
  readonly kills: number;
  readonly seed: number;
  /** Messages that are there from the beginning, besides the load. */
  readonly storedMessages: number;
  /** Longest time under load before a kill. */
  readonly maxUptimeMs: number;
  readonly onProgress: (line: string) => void;
}

export interface CrashRunResult {
  readonly violations: readonly Violation[];
  readonly history: History;
  readonly finalLog: FinalLog;
  /** Of every start that was let come to its end. */
  readonly starts: readonly StartTimes[];
  /** Kills of a broker that was still starting. */
  readonly killsDuringStart: number;
  /** Publishes that were answered with the id of an earlier attempt. */
  readonly duplicates: number;
  /** Of the messages stored before the load, those still there; all, if the broker is right. */
  readonly storedMessages: number;
}

const UNARY_PUBLISHERS = 6;
const STREAMING_PUBLISHERS = 2;
const FRAME_PAUSE_MS = 10;
const BATCHES_PER_STREAM = 500;
const MIN_UPTIME_MS = 150;
const CATCH_UP_MS = 60_000;
const FETCHES_PER_SUBJECT = 500;

/** Publishes and reads while the broker is killed again and again, then checks what everybody saw against the log. */
export async function runCrashes(options: CrashRunOptions): Promise<CrashRunResult> {
  const broker = await BrokerUnderTest.create(options.storageFlags);
  const clients: WaybillClient[] = [];
  const connect = (): Brokers => {
    const client = broker.connect();
    clients.push(client);
    return { serving: () => broker.serving().then(() => client) };
  };
  const ending = new AbortController();
  try {
    return await run(options, broker, connect, ending);
  } finally {
    ending.abort();
    for (const client of clients) client.close();
    await broker.kill();
  }
}

async function run(
  { kills, seed, storedMessages, maxUptimeMs, onProgress }: CrashRunOptions,
  broker: BrokerUnderTest,
  connect: () => Brokers,
  ending: AbortController,
): Promise<CrashRunResult> {
  const random = new Random(seed);
  const history = new History();
  const starts = [await broker.start()];
  await storeMessages(await connect().serving(), storedMessages);

  const loadEnding = new AbortController();
  ending.signal.addEventListener('abort', () => loadEnding.abort(), { once: true });
  const counters = new LoadCounters();
  const publishers = Array.from({ length: UNARY_PUBLISHERS + STREAMING_PUBLISHERS }, (_, index) => {
    const streaming = index >= UNARY_PUBLISHERS;
    const keyed = index % 2 === 0;
    const name = `${streaming ? 'streaming' : 'unary'} publisher ${index}${keyed ? ' with keys' : ''}`;
    return (streaming ? publishStreaming : publishUnary)({
      name,
      brokers: connect(),
      history,
      messages: new CrashMessages({
        client: name,
        random: new Random(random.below(2 ** 31)),
        keyed,
        subjectOf: anyCrashSubject,
        isTransient: () => false,
      }),
      counters,
      pauseMs: streaming ? FRAME_PAUSE_MS : 0,
      stopping: loadEnding.signal,
    });
  });
  const readers = startReaders(connect, history, random, ending.signal);
  const load = Promise.all([...publishers, ...readers.map(({ done }) => done)]);

  let killsDuringStart = 0;
  const crash = async (): Promise<void> => {
    for (let kill = 1; kill <= kills; kill++) {
      await wait(MIN_UPTIME_MS + random.below(maxUptimeMs - MIN_UPTIME_MS));
      await broker.kill();
      if (kill < kills && random.below(5) === 0) {
        broker.spawn();
        await wait(random.below(600));
        await broker.kill();
        kill++;
        killsDuringStart++;
      }
      const times = await broker.start();
      starts.push(times);
      onProgress(`kill ${kill} of ${kills}: serving after ${times.servingMs.toFixed(0)} ms`);
    }
  };
  // Whatever fails in the load is told at once instead of at the end.
  await Promise.race([crash(), load.then(() => Promise.reject(new Error('the load ended by itself')))]);

  loadEnding.abort();
  await Promise.all(publishers);
  await broker.kill();
  starts.push(await broker.start());
  const client = await connect().serving();
  const finalLog = await listLog(client, CRASH_SUBJECTS);
  const heads = new Map([...finalLog].map(([subject, messages]) => [subject, messages.at(-1)?.id ?? 0]));
  const caughtUp = new AbortController();
  const tooLong = wait(CATCH_UP_MS, undefined, { signal: caughtUp.signal }).catch(() => {});
  await Promise.race([Promise.all(readers.map(({ positions }) => positions.reached(heads))), tooLong]);
  caughtUp.abort();
  ending.abort();
  await load;
  await readEverythingAgain(client, history, random, finalLog, FETCHES_PER_SUBJECT);
  return {
    violations: checkHistory(history.operations, finalLog),
    history,
    finalLog,
    starts,
    killsDuringStart,
    duplicates: counters.duplicates,
    storedMessages: await countStored(client),
  };
}

interface RunningReader {
  readonly positions: Positions;
  readonly done: Promise<void>;
}

function startReaders(
  connect: () => Brokers,
  history: History,
  random: Random,
  stopping: AbortSignal,
): readonly RunningReader[] {
  const [first] = CRASH_SUBJECTS;
  const kinds: readonly (readonly [string, (reader: Reader) => Promise<void>, Reader['request']])[] = [
    ['resuming subscriber of all', subscribeWithResume, { subjects: [CRASH_PATTERN] }],
    ['resuming subscriber of one', subscribeWithResume, { subjects: [first], maxBatchMessages: 16 }],
    ['storing subscriber of one', subscribeByHand, { subjects: [first] }],
    ['storing subscriber of all', subscribeByHand, { subjects: [...CRASH_SUBJECTS], maxBatchMessages: 64 }],
    ['random reader', readAtRandom, { subjects: CRASH_SUBJECTS }],
  ];
  return kinds.map(([name, start, request]) => {
    const positions = new Positions(request.subjects.includes(CRASH_PATTERN) ? CRASH_SUBJECTS : request.subjects);
    const seeded = new Random(random.below(2 ** 31));
    return {
      positions,
      done: start({
        ...{ name, brokers: connect(), history, random: seeded, request, positions, stopping },
        batchesPerStream: BATCHES_PER_STREAM,
      }),
    };
  });
}
