import { BrokerError } from '../../core/errors.js';
import { Chunk } from '../chunk.js';
import type { PurgeResult } from '../storage.js';
import { subjectIdentity } from '../subject-identity.js';
import { tagOf } from './keys.js';
import { idsOf, placeOf } from './range-reader.js';
import type { RedisData } from './redis-data.js';
import { bytesOf, numberOf, textOf } from './reply.js';
import { COUNT_BELOW, HIDE, PLAN_PURGE, REMOVE_HIDDEN } from './scripts/removal.js';

/** Chunks that one call removes or counts. */
const STEP_CHUNKS = 256;

/** What a purge is going to do, and how much of the chunk across its end that is. */
interface Plan {
  readonly purged: number;
  readonly below: number;
  /** Name of the chunk with messages on both sides; empty when there is none. */
  readonly across: string;
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Hides what is to go in one step, so that readers see all of it or nothing, and then removes it in small ones.
 *
 * @throws BrokerError SUBJECT_NOT_FOUND
 */
export async function purge(
  data: RedisData,
  subject: string,
  { beforeId, dryRun }: { readonly beforeId: number; readonly dryRun: boolean },
): Promise<PurgeResult> {
  for (;;) {
    const plan = await planPurge(data, subject, beforeId);
    if (dryRun) return count(data, subject, plan);
    const place = data.placeOf(tagOf(subject));
    const { answer } = await data.run(HIDE, place, keysOf(data, subject), [
      String(plan.purged),
      String(plan.below),
      subject,
      plan.across,
      String(plan.messages),
      String(plan.bytes),
    ]);
    const messages = numberOf(answer[0]);
    if (messages < 0) continue;
    return removeHidden(data, subject, { messages, bytes: numberOf(answer[1]) });
  }
}

/** One step of the rest of a purge that was interrupted; true when there is more of it. */
export async function continuePurge(data: RedisData, subject: string): Promise<boolean> {
  const { more } = await removeStep(data, subject);
  return more;
}

function keysOf(data: RedisData, subject: string): readonly string[] {
  const tag = tagOf(subject);
  return [data.keys.state(tag, subject), data.keys.chunks(tag, subject), data.keys.due(tag)];
}

async function planPurge(data: RedisData, subject: string, beforeId: number): Promise<Plan> {
  const place = data.placeOf(tagOf(subject));
  const { answer } = await data.run(PLAN_PURGE, place, keysOf(data, subject).slice(0, 2), [String(beforeId)]);
  const [last, purged, below, name, value] = answer;
  if (numberOf(last) === 0) throw unknownSubject(subject);
  const plan = { purged: numberOf(purged), below: numberOf(below), across: '', messages: 0, bytes: 0 };
  if (name === undefined) return plan;
  const across = textOf(name);
  const { lastId, publishTimeUs } = placeOf(across);
  const firstId = lastId - idsOf(bytesOf(value)) + 1;
  const identity = subjectIdentity(subject);
  const chunk = Chunk.openRelative(bytesOf(value), { subject, identity }, { firstId, publishTimeUs });
  let messages = 0;
  let bytes = 0;
  for (let id = firstId; id < plan.below; id += 1) {
    if (!chunk.has(id)) continue;
    messages += 1;
    bytes += chunk.size(id);
  }
  return { ...plan, across, messages, bytes };
}

async function removeHidden(
  data: RedisData,
  subject: string,
  hidden: { readonly messages: number; readonly bytes: number },
): Promise<PurgeResult> {
  let { messages, bytes } = hidden;
  for (;;) {
    const step = await removeStep(data, subject);
    messages += step.messages;
    bytes += step.bytes;
    if (!step.more) return { messages, bytes, firstId: step.firstId };
  }
}

async function removeStep(data: RedisData, subject: string) {
  const place = data.placeOf(tagOf(subject));
  const { answer } = await data.run(REMOVE_HIDDEN, place, keysOf(data, subject), [subject, String(STEP_CHUNKS)]);
  const [messages, bytes, more, firstId] = answer.map(numberOf);
  return {
    messages: messages as number,
    bytes: bytes as number,
    more: more === 1,
    firstId: firstId as number,
  };
}

async function count(data: RedisData, subject: string, plan: Plan): Promise<PurgeResult> {
  const place = data.placeOf(tagOf(subject));
  const keys = keysOf(data, subject).slice(0, 2);
  let { messages, bytes } = plan;
  for (let after = ''; ;) {
    const args = [String(plan.below), after, String(STEP_CHUNKS), plan.across];
    const { answer } = await data.run(COUNT_BELOW, place, keys, args);
    messages += numberOf(answer[0]);
    bytes += numberOf(answer[1]);
    after = textOf(answer[2]);
    if (after === '') return { messages, bytes, firstId: numberOf(answer[3]) };
  }
}

function unknownSubject(subject: string): BrokerError {
  return new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" was never published to`, { fields: { subject } });
}
