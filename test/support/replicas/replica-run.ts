import { setTimeout as wait } from 'node:timers/promises';
import { checkHistory, type Violation } from '../check-history.js';
import { listLog, readEverythingAgain } from '../crash/final-read.js';
import { LoadCounters } from '../crash/load-counters.js';
import { History, type FinalLog } from '../history.js';
import { Random } from '../random.js';
import { FaultLog } from './fault-log.js';
import type { FaultScript } from './fault-scripts.js';
import { type Connections, type RunningReader, startPublishers, startReaders } from './replica-clients.js';
import { ReplicaSet, type ReplicaStart } from './replica-set.js';
import type { StoreUnderTest } from './store-under-test.js';

export interface ReplicaRunOptions {
  readonly store: StoreUnderTest;
  readonly replicas: number;
  readonly seed: number;
  readonly faults: FaultScript;
  /** Starts what stands between the clients of the load and the replicas; nothing by default. */
  readonly front?: (replicas: ReplicaSet) => Promise<Front>;
  /** One line for each fault. */
  readonly onFault: (line: string) => void;
}

/** A proxy before the replicas. */
export interface Front extends Connections {
  stop(): Promise<void>;
}

export interface ReplicaRunResult {
  readonly violations: readonly Violation[];
  readonly history: History;
  readonly finalLog: FinalLog;
  readonly faults: FaultLog;
  readonly starts: readonly ReplicaStart[];
  readonly counters: LoadCounters;
  /** From the last acknowledgement until every subscriber had everything. */
  readonly deliveredMs: number;
}

const CATCH_UP_MS = 60_000;
const FETCHES_PER_SUBJECT = 20;

/** Publishes and reads through several replicas while `faults` happen, then checks what everybody saw against the log. */
export async function runReplicas(options: ReplicaRunOptions): Promise<ReplicaRunResult> {
  const replicas = await ReplicaSet.create(options.replicas, options.store);
  const ending = new AbortController();
  let front: Front | undefined;
  try {
    front = await options.front?.(replicas);
    return await run(options, replicas, front ?? replicas, ending);
  } finally {
    ending.abort();
    await front?.stop();
    await replicas.dispose();
  }
}

async function run(
  { store, seed, faults, onFault }: ReplicaRunOptions,
  replicas: ReplicaSet,
  connections: Connections,
  ending: AbortController,
): Promise<ReplicaRunResult> {
  const random = new Random(seed);
  const history = new History();
  const log = new FaultLog(() => history.nowNs(), onFault);
  const counters = new LoadCounters();
  await Promise.all(replicas.all.map((index) => replicas.start(index, log)));

  const loadEnding = new AbortController();
  ending.signal.addEventListener('abort', () => loadEnding.abort(), { once: true });
  const publishers = startPublishers({ replicas: connections, history, random }, counters, loadEnding.signal);
  const readers = startReaders({ replicas: connections, history, random }, ending.signal);
  const load = Promise.all([...publishers, ...readers.map(({ done }) => done)]);
  const loadFailed = load.then(() => Promise.reject(new Error('the load ended by itself')));
  // Whatever fails in the load is told at once instead of at the end.
  await Promise.race([faults({ replicas, store, random, log }), loadFailed]);

  loadEnding.abort();
  await Promise.race([Promise.all(publishers), replicas.failed]);
  log.add('load ended');
  // Before the streams end and begin again, which would bring what nobody was woken for.
  const aliveMs = performance.now();
  const missing = await Promise.race([stragglers(readers, ackedHeads(history)), replicas.failed, loadFailed]);
  const deliveredMs = performance.now() - aliveMs;

  await Promise.all([store.kill(log), ...replicas.all.map((index) => replicas.kill(index, log))]);
  await store.restart(log);
  await Promise.all(replicas.all.map((index) => replicas.start(index, log)));
  const published = history.operations.flatMap((operation) => (operation.op === 'publish' ? operation.subject : []));
  const anyReplica = replicas.connect(random);
  const finalLog = await listLog(await anyReplica.serving(), [...new Set(published)].toSorted());
  const heads = new Map([...finalLog].map(([subject, messages]) => [subject, messages.at(-1)?.id ?? 0]));
  // Whoever does not get there is told by the checker.
  await Promise.race([stragglers(readers, heads), replicas.failed, loadFailed]);
  ending.abort();
  await load;
  await readEverythingAgain(await anyReplica.serving(), history, random, finalLog, FETCHES_PER_SUBJECT);
  return {
    violations: [...missing.map(neverWoken), ...checkHistory(history.operations, finalLog)],
    ...{ history, finalLog, faults: log, starts: replicas.starts, counters, deliveredMs },
  };
}

/** The last acknowledged id of each subject that can be read. */
function ackedHeads({ operations }: History): ReadonlyMap<string, number> {
  const heads = new Map<string, number>();
  for (const operation of operations) {
    if (operation.op !== 'publish' || operation.outcome !== 'acked' || operation.transient === true) continue;
    heads.set(operation.subject, Math.max(operation.id, heads.get(operation.subject) ?? 0));
  }
  return heads;
}

/** Waits until all have got to `heads`. Answers those that have not when the time is up. */
async function stragglers(
  readers: readonly RunningReader[],
  heads: ReadonlyMap<string, number>,
): Promise<readonly RunningReader[]> {
  const waiting = new Set(readers);
  const all = Promise.all(
    readers.map((reader) => reader.positions.reached(heads).then(() => void waiting.delete(reader))),
  );
  const inTime = new AbortController();
  const tooLate = wait(CATCH_UP_MS, undefined, { signal: inTime.signal }).catch(() => {});
  await Promise.race([all, tooLate]);
  inTime.abort();
  return [...waiting];
}

function neverWoken({ name }: RunningReader): Violation {
  const detail = `${name} had not got everything ${CATCH_UP_MS / 1000} s after the last publish`;
  return { kind: 'delivery missed', subject: '', detail };
}
