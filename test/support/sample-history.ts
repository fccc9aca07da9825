import type { Operation, PublishOperation, ReadOperation, StoredMessage } from './history.js';
import type { Random } from './random.js';

/** A history that a correct broker could have made, with its final log. */
export interface SampleHistory {
  readonly operations: Operation[];
  readonly finalLog: Map<string, StoredMessage[]>;
}

const PUBLISHERS = 4;
const SUBJECTS = ['a', 'b'];

interface Taken extends StoredMessage {
  readonly ns: number;
  readonly transient: boolean;
}

/**
 * Concurrent publishers of two subjects, some with unknown or refused outcomes, some firing and forgetting; readers that
 * reconnect, one of them from a position that it had passed; fetches of what exists and of what does not exist yet.
 */
export function sampleHistory(random: Random, publishes = 120): SampleHistory {
  const operations: Operation[] = [];
  const finalLog = new Map<string, StoredMessage[]>(SUBJECTS.map((subject) => [subject, []]));
  const takenIds = new Map<string, Taken[]>(SUBJECTS.map((subject) => [subject, []]));
  const busyUntil = Array.from({ length: PUBLISHERS }, () => 0);
  let nowNs = 0;
  for (let index = 0; index < publishes; index++) {
    const publisher = random.below(PUBLISHERS);
    const subject = SUBJECTS[random.below(SUBJECTS.length)] ?? '';
    const taken = takenIds.get(subject) ?? [];
    const nextId = taken.length + 1;
    const invokeNs = Math.max(busyUntil[publisher] ?? 0, nowNs - random.below(20));
    nowNs = Math.max(nowNs, invokeNs) + 1 + random.below(10);
    const returnNs = nowNs + random.below(20);
    busyUntil[publisher] = returnNs;
    const kind = random.below(10);
    const outcome = kind === 0 ? 'refused' : kind <= 2 ? 'unknown' : 'acked';
    const takesId = outcome === 'acked' || kind === 1;
    const isTransient = random.below(12) === 0;
    const publish: PublishOperation = {
      op: 'publish',
      client: `publisher ${publisher}`,
      subject,
      sha: `body ${index}`,
      invokeNs,
      returnNs,
      outcome,
      id: outcome === 'acked' ? nextId : 0,
      ...(isTransient ? { transient: true } : {}),
    };
    operations.push(publish);
    if (takesId) {
      taken.push({ id: nextId, sha: publish.sha, ns: nowNs, transient: isTransient });
      if (!isTransient) finalLog.get(subject)?.push({ id: nextId, sha: publish.sha });
    } else if (outcome === 'unknown') {
      const fetch = { op: 'fetch', client: 'fetcher', subject, id: nextId, invokeNs: nowNs, returnNs: nowNs } as const;
      operations.push({ ...fetch, outcome: 'absent', sha: '' });
    }
  }
  for (const subject of SUBJECTS) {
    const messages = finalLog.get(subject) ?? [];
    const taken = takenIds.get(subject) ?? [];
    // One is there when messages that nobody stores come by, most times.
    const live = taken.filter(({ transient }) => !transient || random.below(4) > 0);
    const stored = taken.filter(({ transient }) => !transient);
    operations.push(...reads(random, { client: 'early reader', subject, messages: live, delayNs: 1 }));
    operations.push(...reads(random, { client: 'late reader', subject, messages: stored, delayNs: 500 }));
    const { id, sha } = messages[random.below(messages.length)] ?? { id: 0, sha: '' };
    const afterwards = { invokeNs: nowNs + 600, returnNs: nowNs + 700 };
    operations.push({ op: 'fetch', client: 'fetcher', subject, id, ...afterwards, outcome: 'found', sha });
  }
  return { operations, finalLog };
}

interface Reader {
  readonly client: string;
  readonly subject: string;
  readonly messages: readonly Taken[];
  readonly delayNs: number;
}

/** One reader's streams: batches of 1 to 4 messages, a new stream now and then, sometimes from two messages before. */
function reads(random: Random, { client, subject, messages, delayNs }: Reader): ReadOperation[] {
  const streams: ReadOperation[] = [];
  let seen: ReadOperation['seen'][number][] = [];
  const open = (taken: number): void => {
    seen = [];
    const after = messages[taken - 1]?.id ?? 0;
    streams.push({ op: 'subscribe', client, after: { [subject]: after }, seen, complete: false });
  };
  open(0);
  for (let taken = 0; taken < messages.length;) {
    const batch = messages.slice(taken, taken + 1 + random.below(4));
    taken += batch.length;
    seen.push({
      subject,
      seenNs: (batch.at(-1)?.ns ?? 0) + delayNs,
      ids: batch.map(({ id }) => id),
      shas: batch.map(({ sha }) => sha),
    });
    if (random.below(5) === 0) {
      taken = Math.max(0, taken - 2 * random.below(2));
      open(taken);
    }
  }
  const last = streams.at(-1);
  if (last !== undefined) last.complete = true;
  return streams;
}
