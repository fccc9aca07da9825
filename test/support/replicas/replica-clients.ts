import type { Brokers } from '../crash/brokers.js';
import { CRASH_PATTERN, CRASH_SUBJECTS, CrashMessages } from '../crash/crash-messages.js';
import type { LoadCounters } from '../crash/load-counters.js';
import { Positions } from '../crash/positions.js';
import { publishStreaming, publishUnary } from '../crash/publishers.js';
import { readAtRandom, subscribeByHand, subscribeWithResume, type Reader } from '../crash/readers.js';
import type { History } from '../history.js';
import { Random } from '../random.js';
import { isReplicaTransient, REPLICA_SUBJECTS, replicaSubject } from './replica-subjects.js';

/** How clients find the replicas. */
export interface Connections {
  /** For one client: each turn takes one that serves. */
  connect(random: Random): Brokers;
  /** For one client: always the same replica, where there is a way to choose. */
  connectTo(index: number): Brokers;
}

export interface ClientsContext {
  readonly replicas: Connections;
  readonly history: History;
  readonly random: Random;
}

const UNARY_PUBLISHERS = 6;
const STREAMING_PUBLISHERS = 2;
/** Bound the rate, so that two cores carry the brokers, the store and these clients. */
const UNARY_PAUSE_MS = 20;
const FRAME_PAUSE_MS = 120;
const BATCHES_PER_STREAM = 100;

/** Eight publishers, half of them with idempotency keys, that turn to another replica when one does not answer. */
export function startPublishers(
  { replicas, history, random }: ClientsContext,
  counters: LoadCounters,
  stopping: AbortSignal,
): readonly Promise<void>[] {
  return Array.from({ length: UNARY_PUBLISHERS + STREAMING_PUBLISHERS }, (_, index) => {
    const streaming = index >= UNARY_PUBLISHERS;
    const keyed = index % 2 === 0;
    const name = `${streaming ? 'streaming' : 'unary'} publisher ${index}${keyed ? ' with keys' : ''}`;
    const messages = new CrashMessages({
      client: name,
      random: fork(random),
      keyed,
      subjectOf: replicaSubject,
      isTransient: isReplicaTransient,
    });
    return (streaming ? publishStreaming : publishUnary)({
      ...{ name, brokers: replicas.connect(fork(random)), history, messages, counters, stopping },
      pauseMs: streaming ? FRAME_PAUSE_MS : UNARY_PAUSE_MS,
    });
  });
}

export interface RunningReader {
  readonly name: string;
  readonly positions: Positions;
  readonly done: Promise<void>;
}

/** Four subscribers that resume, three of them at any replica, and one that reads pages and single messages. */
export function startReaders(context: ClientsContext, stopping: AbortSignal): readonly RunningReader[] {
  const { replicas, history, random } = context;
  const [first] = CRASH_SUBJECTS;
  type Kind = readonly [
    name: string,
    start: (reader: Reader) => Promise<void>,
    request: Reader['request'],
    read: readonly string[],
    brokers: Brokers,
  ];
  const anywhere = (): Brokers => replicas.connect(fork(random));
  const kinds: readonly Kind[] = [
    ['subscriber of one by id', subscribeByHand, { subjects: [first] }, [first], anywhere()],
    [
      'subscriber of names by cursor',
      subscribeByHand,
      { subjects: CRASH_SUBJECTS, maxBatchMessages: 64 },
      CRASH_SUBJECTS,
      anywhere(),
    ],
    [
      'subscriber of patterns by cursor',
      subscribeByHand,
      { subjects: ['crash.*', 'crash.audit.>', 'crash.late.*'] },
      REPLICA_SUBJECTS,
      anywhere(),
    ],
    [
      'subscriber of all at one replica',
      subscribeWithResume,
      { subjects: [CRASH_PATTERN] },
      REPLICA_SUBJECTS,
      replicas.connectTo(0),
    ],
    ['random reader', readAtRandom, { subjects: CRASH_SUBJECTS }, CRASH_SUBJECTS, anywhere()],
  ];
  return kinds.map(([name, start, request, subjects, brokers]) => {
    const positions = new Positions(subjects);
    return {
      name,
      positions,
      done: start({
        ...{ name, brokers, history, random: fork(random), request, positions, stopping },
        batchesPerStream: BATCHES_PER_STREAM,
      }),
    };
  });
}

function fork(random: Random): Random {
  return new Random(random.below(2 ** 31));
}
