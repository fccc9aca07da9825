import { setTimeout as wait } from 'node:timers/promises';
import { WaybillError, type PublishStream, type WaybillClient } from '../../../src/client/index.js';
import type { History, PublishOperation } from '../history.js';
import type { BrokerUnderTest } from './broker-under-test.js';
import type { CrashMessage, CrashMessages } from './crash-messages.js';

export interface Publisher {
  readonly name: string;
  readonly broker: BrokerUnderTest;
  readonly client: WaybillClient;
  readonly history: History;
  readonly messages: CrashMessages;
  /** Ends the load; what has begun is brought to its end. */
  readonly stopping: AbortSignal;
  /** Counts what came back as the duplicate of an earlier attempt. */
  readonly onDuplicate: () => void;
}

const FRAME_MESSAGES = 16;
const FRAMES_IN_FLIGHT = 4;
const PAUSE_MS = 10;

/** Answers after which the broker has certainly stored nothing. Everything else may have been stored. */
const REFUSALS: ReadonlySet<string> = new Set(['EXPECTED_ID_MISMATCH', 'WRITER_QUEUE_FULL', 'SHUTTING_DOWN']);

/** One message after the other, each in a call of its own. Keyed ones are sent again until there is an answer. */
export async function publishUnary(publisher: Publisher): Promise<void> {
  const { broker, client, history, messages, stopping, onDuplicate } = publisher;
  while (!stopping.aborted) {
    await broker.serving();
    const message = messages.next();
    const invokeNs = history.nowNs();
    for (let attempt = 1; ; attempt++) {
      try {
        const { id, duplicate } = await client.publish(message);
        if (duplicate) onDuplicate();
        record(publisher, message, invokeNs, 'acked', id);
        break;
      } catch (error) {
        if (isRefusal(error)) {
          record(publisher, message, invokeNs, attempt === 1 ? 'refused' : 'unknown');
          break;
        }
        if (message.idempotencyKey === undefined) {
          record(publisher, message, invokeNs, 'unknown');
          break;
        }
        await wait(PAUSE_MS);
        await broker.serving();
      }
    }
  }
}

interface Frame {
  readonly messages: readonly CrashMessage[];
  readonly invokeNs: number;
  readonly attempt: number;
}

/** Several frames in flight over one stream, a new stream after a crash. Keyed frames are sent again. */
export async function publishStreaming(publisher: Publisher): Promise<void> {
  const { broker, client, history, messages, stopping } = publisher;
  let again: Frame[] = [];
  while (!stopping.aborted || again.length > 0) {
    await broker.serving();
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
        await wait(PAUSE_MS);
      }
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
    }
    await Promise.all(inFlight);
    await stream.close();
    again = [...failed, ...again];
    await wait(PAUSE_MS);
  }
}

/** Resolves with what must be sent again. */
async function sendFrame(publisher: Publisher, stream: PublishStream, frame: Frame): Promise<Frame> {
  const { messages, invokeNs, attempt } = frame;
  try {
    const { ids, failures, duplicates } = await stream.send(messages);
    duplicates.forEach(publisher.onDuplicate);
    const errors = new Map(failures.map(({ index, error }) => [index, error]));
    const again = messages.filter((message, index) => {
      const error = errors.get(index);
      if (error === undefined) record(publisher, message, invokeNs, 'acked', ids[index] ?? 0);
      else if (isRefusal(error)) record(publisher, message, invokeNs, attempt === 1 ? 'refused' : 'unknown');
      else return unanswered(publisher, message, invokeNs);
      return false;
    });
    return { messages: again, invokeNs, attempt: attempt + 1 };
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    const again = messages.filter((message) => unanswered(publisher, message, invokeNs));
    return { messages: again, invokeNs, attempt: attempt + 1 };
  }
}

/** True when the message can be sent again; otherwise its outcome stays unknown. */
function unanswered(publisher: Publisher, message: CrashMessage, invokeNs: number): boolean {
  if (message.idempotencyKey !== undefined) return true;
  record(publisher, message, invokeNs, 'unknown');
  return false;
}

function isRefusal(error: unknown): boolean {
  return error instanceof WaybillError && REFUSALS.has(error.reason);
}

function record(
  { name, history }: Publisher,
  { subject, sha }: CrashMessage,
  invokeNs: number,
  outcome: PublishOperation['outcome'],
  id = 0,
): void {
  history.add({ op: 'publish', client: name, subject, sha, invokeNs, returnNs: history.nowNs(), outcome, id });
}
