import { setTimeout as wait } from 'node:timers/promises';
import {
  WaybillError,
  type SubscribeFrom,
  type SubscribeRequest,
  type WaybillClient,
} from '../../../src/client/index.js';
import { digestOf, type History } from '../history.js';
import type { Random } from '../random.js';
import type { Brokers } from './brokers.js';
import type { Positions } from './positions.js';

export interface Reader {
  readonly name: string;
  readonly brokers: Brokers;
  readonly history: History;
  readonly random: Random;
  readonly request: Pick<SubscribeRequest, 'subjects' | 'maxBatchMessages'>;
  readonly positions: Positions;
  /** Now and then, after so many batches on average, it leaves a stream that is alive. */
  readonly batchesPerStream: number;
  /** Ends the reading. */
  readonly stopping: AbortSignal;
}

/** From the oldest message on; the client itself resumes after each crash. */
export async function subscribeWithResume(reader: Reader): Promise<void> {
  const { brokers, history, request, positions, stopping, name } = reader;
  const options = { signal: stopping, backoff: { initialMs: 10, maxMs: 200 } };
  for (;;) {
    const client = await brokers.serving();
    const subscription = client.subscribe({ ...request, from: 'earliest' }, options);
    let record = history.read('subscribe', name, positions.snapshot());
    try {
      for await (const event of subscription) {
        if (event.kind === 'reconnecting') record = history.read('subscribe', name, positions.snapshot());
        if (event.kind !== 'batch') continue;
        record.saw(event.messages);
        positions.take(event.messages);
      }
      record.operation.complete = true;
      return;
    } catch (error) {
      // A subscription that never stood does not resume by itself.
      if (!isOutage(error) || subscription.cursor !== undefined) throw error;
    }
  }
}

interface StoredPosition {
  readonly from: SubscribeFrom;
  readonly taken: ReadonlyMap<string, number>;
}

/**
 * Resumes by hand from the position that it stored last, by cursor or, where there is one subject, by id. It stores one
 * in three, so it is given again what it had seen but not stored. Each stream may be of another broker.
 */
export async function subscribeByHand(reader: Reader): Promise<void> {
  const { brokers, history, request, positions, stopping, name, random, batchesPerStream } = reader;
  const [onlySubject = ''] = request.subjects;
  const hasIds = request.subjects.length === 1 && !/[*>]/.test(onlySubject);
  let stored: StoredPosition = { from: 'earliest', taken: positions.snapshot() };
  while (!stopping.aborted) {
    const client = await brokers.serving();
    const record = history.read('subscribe', name, stored.taken);
    try {
      for await (const event of client.subscribe(
        { ...request, from: stored.from },
        { signal: stopping, resume: false },
      )) {
        if (event.kind !== 'batch') continue;
        record.saw(event.messages);
        positions.take(event.messages);
        if (random.below(3) === 0) {
          const taken = positions.snapshot();
          const useId = hasIds && random.below(2) === 0;
          stored = { from: useId ? { afterId: taken.get(onlySubject) ?? 0 } : { cursor: event.cursor }, taken };
        }
        if (random.below(200) === 0) await wait(random.below(300), undefined, { signal: stopping }).catch(() => {});
        if (!positions.finishing && random.below(batchesPerStream) === 0) {
          positions.rewind(stored.taken);
          break;
        }
      }
      record.operation.complete = stopping.aborted;
    } catch (error) {
      if (!isOutage(error)) throw error;
      positions.rewind(stored.taken);
      await wait(10);
    }
  }
}

/** Fetches and lists at random: what it has seen, what may just be coming in, what is not there yet. */
export async function readAtRandom(reader: Reader): Promise<void> {
  const { brokers, history, request, random, stopping, name, positions } = reader;
  while (!stopping.aborted) {
    const subject = request.subjects[random.below(request.subjects.length)] ?? '';
    const known = positions.snapshot().get(subject) ?? 0;
    try {
      const from = Math.max(1, known - random.below(20));
      const record = history.read('list', name, new Map([[subject, from - 1]]));
      const client = await brokers.serving();
      const { messages } = await client.list({ subject, from: { id: from }, pageSize: 50 });
      record.saw(messages);
      positions.take(messages.slice(-1));
      const other = await brokers.serving();
      await fetchAndRecord({ client: other, history, name }, subject, 1 + random.below(known + 10));
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
    await wait(5);
  }
}

/** An id without a message: not given out yet, or given to a message that was fired and forgotten. */
const ABSENT: ReadonlySet<string> = new Set(['MESSAGE_NOT_FOUND', 'MESSAGE_EXPIRED']);

/** @throws WaybillError when the broker did not answer; then there is nothing to record */
export async function fetchAndRecord(
  { client, history, name }: Pick<Reader, 'history' | 'name'> & { readonly client: WaybillClient },
  subject: string,
  id: number,
): Promise<void> {
  const invokeNs = history.nowNs();
  const result = await client.fetch(subject, id).then(
    ({ body }) => ({ outcome: 'found', sha: digestOf(body) }) as const,
    (error: unknown) => {
      if (!(error instanceof WaybillError && ABSENT.has(error.reason))) throw error;
      return { outcome: 'absent', sha: '' } as const;
    },
  );
  history.add({ op: 'fetch', client: name, subject, id, invokeNs, returnNs: history.nowNs(), ...result });
}

/** True for what a client sees of a broker that was killed. */
function isOutage(error: unknown): boolean {
  return error instanceof WaybillError && (error.codeName === 'UNAVAILABLE' || error.codeName === 'DEADLINE_EXCEEDED');
}
