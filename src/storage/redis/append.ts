import type { AppendItem, AppendResult } from '../storage.js';
import { AppendPlan } from '../append-plan.js';
import type { AppendSegment, SegmentOutcome } from '../append-plan.js';
import { redisError, withUnknownOutcome } from './errors.js';
import { tagOf } from './keys.js';
import type { RedisData } from './redis-data.js';
import { argumentOf } from './reply.js';
import type { Argument } from './reply.js';
import { APPEND } from './scripts/append.js';

/** Redis holds up to 512 MiB in one value; long before that a message stops the server for everyone. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A script that looks at a message has its whole chunk in its hands, so chunks are a quarter of the usual size. */
const CHUNK_LIMITS = { maxBytes: 16 * 1024, maxIds: 128 };

/** Most bytes that one call carries, unless one segment alone is larger: it takes Redis some milliseconds. */
const MAX_CALL_BYTES = 4 * 1024 * 1024;

/** Told how far a subject has come. */
export type OnAppended = (subject: string, lastId: number) => void;

interface SegmentOf {
  readonly subject: string;
  readonly segment: AppendSegment;
}

/** Appends with one call per place, and more where there is too much for one. */
export async function append(
  data: RedisData,
  items: readonly AppendItem[],
  onAppended: OnAppended,
): Promise<readonly AppendResult[]> {
  const plan = new AppendPlan(items, MAX_MESSAGE_BYTES, CHUNK_LIMITS);
  const segments = plan.subjects.flatMap(({ subject, segments: each }) =>
    each.map((segment): SegmentOf => ({ subject, segment })),
  );
  const reached = new Map<string, number>();
  const appendPlace = async (place: number, all: readonly SegmentOf[]): Promise<void> => {
    // One after the other: the second part of a subject must not come before the first.
    for (const part of parts(all)) {
      const outcomes = await appendCall(data, place, part);
      for (const [index, outcome] of outcomes.entries()) {
        const { subject, segment } = part[index] as SegmentOf;
        plan.settle(subject, segment, outcome);
        if (outcome.kind === 'appended') reached.set(subject, outcome.firstId + segment.items.length - 1);
      }
    }
  };
  const places = data.byPlace(segments, ({ subject }) => subject);
  const results = await Promise.allSettled([...places].map(([place, all]) => appendPlace(place, all)));
  for (const [subject, lastId] of reached) onAppended(subject, lastId);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [redisError(result.reason)] : []));
  if (failures[0] === undefined) return plan.results();
  const unknown = failures.find(({ fields }) => fields['outcome'] === 'unknown');
  throw unknown ?? (reached.size === 0 ? failures[0] : withUnknownOutcome(failures[0]));
}

function* parts(segments: readonly SegmentOf[]): Generator<readonly SegmentOf[]> {
  let part: SegmentOf[] = [];
  let bytes = 0;
  for (const each of segments) {
    const size = sizeOf(each.segment);
    if (part.length > 0 && bytes + size > MAX_CALL_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function sizeOf({ chunks, transientChunks }: AppendSegment): number {
  let size = 0;
  for (const { value } of chunks) size += value.length;
  for (const { value } of transientChunks) size += value.length;
  return size;
}

/** One call, with the segments of a subject behind each other. */
async function appendCall(
  data: RedisData,
  place: number,
  segments: readonly SegmentOf[],
): Promise<readonly SegmentOutcome[]> {
  const keys = [data.keys.settled(place)];
  const args: Argument[] = [];
  let subjects = 0;
  for (let from = 0; from < segments.length;) {
    const { subject } = segments[from] as SegmentOf;
    let to = from + 1;
    while (segments[to]?.subject === subject) to += 1;
    const tag = tagOf(subject);
    keys.push(data.keys.state(tag, subject), data.keys.chunks(tag, subject), data.keys.transient(tag, subject));
    keys.push(data.keys.subjects(tag), data.keys.due(tag));
    args.push(subject, String(to - from));
    for (const { segment } of segments.slice(from, to)) {
      const idempotency = segment.items[0]?.idempotency;
      if (idempotency !== undefined) keys.push(data.keys.idempotency(tag, subject, idempotency.key));
      pushSegment(segment, args);
    }
    subjects += 1;
    from = to;
  }
  const words = await data.runOnce(APPEND, place, keys, [...data.publishing(place), String(subjects), ...args]);
  return outcomes(words);
}

function pushSegment({ items, chunks, transientChunks }: AppendSegment, args: Argument[]): void {
  const { idempotency, fence, expectedLastId, ttlUs } = items[0] as AppendItem;
  const conditions = [
    idempotency === undefined ? '' : 'k',
    fence === undefined ? '' : 'f',
    expectedLastId === undefined ? '' : 'e',
  ];
  args.push(String(items.length), conditions.join(''));
  if (idempotency !== undefined) {
    args.push(argumentOf(idempotency.digest), String(Math.ceil(idempotency.windowUs / 1000)), String(ttlUs));
  }
  if (fence !== undefined) args.push(fence.lock, String(fence.token));
  if (expectedLastId !== undefined) args.push(String(expectedLastId));
  args.push(String(chunks.length));
  for (const { firstId, lastId, messages, bytes, expireTimeUs, value } of chunks) {
    args.push(String(firstId), String(lastId), String(messages), String(bytes), String(expireTimeUs), value);
  }
  args.push(String(transientChunks.length));
  for (const { lastId, value } of transientChunks) args.push(String(lastId), value);
}

function outcomes(words: readonly string[]): readonly SegmentOutcome[] {
  const found: SegmentOutcome[] = [];
  let index = 0;
  const next = (): number => Number(words[(index += 1)]);
  for (; index < words.length; index += 1) {
    switch (words[index]) {
      case 'a':
        found.push({ kind: 'appended', firstId: next(), publishTimeUs: next() });
        break;
      case 'd':
        found.push({ kind: 'duplicate', id: next(), publishTimeUs: next(), expireTimeUs: next() });
        break;
      case 'k':
        found.push({ kind: 'key-reused', id: next() });
        break;
      case 's':
        found.push({ kind: 'stale', currentToken: next() });
        break;
      case 'x':
        found.push({ kind: 'unexpected', lastId: next() });
        break;
      default:
        throw new TypeError('redis has answered an append with something else');
    }
  }
  return found;
}
