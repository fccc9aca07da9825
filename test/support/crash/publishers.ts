import { setTimeout as wait } from 'node:timers/promises';
import { WaybillError, type PublishStream } from '../../../src/client/index.js';
import type { History, PublishOperation } from '../history.js';
import type { Brokers } from './brokers.js';
import type { CrashMessage, CrashMessages } from './crash-messages.js';
import type { LoadCounters } from './load-counters.js';

export interface Publisher {
  readonly name: string;
  readonly brokers: Brokers;
  readonly history: History;
  readonly messages: CrashMessages;
  readonly counters: LoadCounters;
  /** After each message or frame that was sent. */
  readonly pauseMs: number;
  /** Ends the load; what has begun is brought to its end. */
  readonly stopping: AbortSignal;
}

const FRAME_MESSAGES = 16;
const FRAMES_IN_FLIGHT = 4;
const RETRY_PAUSE_MS = 10;

/** Answers after which the broker has certainly stored nothing, and will not either when it is asked again. */
const REFUSALS: ReadonlySet<string> = new Set(['EXPECTED_ID_MISMATCH', 'WRITER_QUEUE_FULL', 'SHUTTING_DOWN']);

/** One message after the other, each in a call of its own. Keyed ones are sent again until there is an answer. */
export async function publishUnary(publisher: Publisher): Promise<void> {
  const { brokers, history, messages, stopping, counters, pauseMs } = publisher;
  while (!stopping.aborted) {
    let client = await brokers.serving();
    const message = messages.next();
    const invokeNs = history.nowNs();
    for (let attempt = 1; ; attempt++) {
      try {
        const { id, duplicate } = await client.publish(message);
        if (duplicate) counters.duplicates++;
        record(publisher, message, invokeNs, 'acked', id);
        break;
      } catch (error) {
        counters.failed(error);
        if (isRefusal(error) || message.idempotencyKey === undefined) {
          record(publisher, message, invokeNs, outcomeOf(error, attempt));
          break;
        }
        await wait(RETRY_PAUSE_MS);
        client = await brokers.serving();
      }
    }
    await wait(pauseMs);
  }
}

interface Frame {
  readonly messages: readonly CrashMessage[];
  readonly invokeNs: number;
  readonly attempt: number;
}

/** Several frames in flight over one stream, a new stream after a crash. Keyed frames are sent again. */
export async function publishStreaming(publisher: Publisher): Promise<void> {
  const { brokers, history, messages, stopping, pauseMs } = publisher;
  let again: Frame[] = [];
  while (!stopping.aborted || again.length > 0) {
    const client = await brokers.serving();
    const stream = client.publishStream();
    const failed: Frame[] = [];
    const inFlight = new Set<Promise<void>>();
    let broken = false;
    try {
      while (!broken && (!stopping.aborted || again.length > 0)) {
        await stream.ready();
        const frame = again.shift() ?? {
          messages: Array.from({ length: FRAME_MESSAGES }, () => messages.next()),
          invokeNs: history.nowNs(),
          attempt: 1,
        };
        const sent = sendFrame(publisher, stream, frame).then((unanswered) => {
          inFlight.delete(sent);
          if (unanswered.messages.length === 0) return;
          broken = true;
          failed.push(unanswered);
        });
        inFlight.add(sent);
        if (inFlight.size >= FRAMES_IN_FLIGHT) await Promise.race(inFlight);
        await wait(pauseMs);
      }
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
    }
    await Promise.all(inFlight);
    await stream.close();
    again = [...failed, ...again];
    await wait(RETRY_PAUSE_MS);
  }
}

/** Resolves with what must be sent again. */
async function sendFrame(publisher: Publisher, stream: PublishStream, frame: Frame): Promise<Frame> {
  const { messages, invokeNs, attempt } = frame;
  const { counters } = publisher;
  try {
    const { ids, failures, duplicates } = await stream.send(messages);
    counters.duplicates += duplicates.length;
    const errors = new Map(failures.map(({ index, error }) => [index, error]));
    const again = messages.filter((message, index) => {
      const error = errors.get(index);
      if (error !== undefined) return failed(publisher, frame, message, error);
      record(publisher, message, invokeNs, 'acked', ids[index] ?? 0);
      return false;
    });
    return { messages: again, invokeNs, attempt: attempt + 1 };
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    const again = messages.filter((message) => failed(publisher, frame, message, error));
    return { messages: again, invokeNs, attempt: attempt + 1 };
  }
}

/** True when the message can be sent again. */
function failed(publisher: Publisher, { invokeNs, attempt }: Frame, message: CrashMessage, error: unknown): boolean {
  publisher.counters.failed(error);
  if (!isRefusal(error) && message.idempotencyKey !== undefined) return true;
  record(publisher, message, invokeNs, outcomeOf(error, attempt));
  return false;
}

function isRefusal(error: unknown): boolean {
  return error instanceof WaybillError && REFUSALS.has(error.reason);
}

/** What an earlier attempt has done is not known. */
function outcomeOf(error: unknown, attempt: number): 'refused' | 'unknown' {
  const isNotStored = isRefusal(error) || (error instanceof WaybillError && error.fields['outcome'] === 'not_written');
  return isNotStored && attempt === 1 ? 'refused' : 'unknown';
}

function record(
  { name, history }: Publisher,
  { subject, sha, fireAndForget }: CrashMessage,
  invokeNs: number,
  outcome: PublishOperation['outcome'],
  id = 0,
): void {
  const publish = {
    op: 'publish',
    client: name,
    subject,
    sha,
    invokeNs,
    returnNs: history.nowNs(),
    outcome,
    id,
  } as const;
  history.add(fireAndForget === true ? { ...publish, transient: true } : publish);
}
