import type { Operation, PublishOperation, ReadOperation, StoredMessage } from './history.js';
import type { Random } from './random.js';

/** A history that a correct broker could have made, with its final log. */
export interface SampleHistory {
  readonly operations: Operation[];
  readonly finalLog: Map<string, StoredMessage[]>;
}

const PUBLISHERS = 4;
const SUBJECTS = ['a', 'b'];

/**
 * Concurrent publishers of two subjects, some with unknown or refused outcomes; readers that reconnect, one of them from
 * a position that it had passed; fetches of what exists and of what does not exist yet.
 */
export function sampleHistory(random: Random, publishes = 120): SampleHistory {
  const operations: Operation[] = [];
  const finalLog = new Map<string, StoredMessage[]>(SUBJECTS.map((subject) => [subject, []]));
  const storedNs = new Map<string, number[]>(SUBJECTS.map((subject) => [subject, []]));
  const busyUntil = Array.from({ length: PUBLISHERS }, () => 0);
  let nowNs = 0;
  for (let index = 0; index < publishes; index++) {
    const publisher = random.below(PUBLISHERS);
    const subject = SUBJECTS[random.below(SUBJECTS.length)] ?? '';
    const messages = finalLog.get(subject) ?? [];
    const invokeNs = Math.max(busyUntil[publisher] ?? 0, nowNs - random.below(20));
    nowNs = Math.max(nowNs, invokeNs) + 1 + random.below(10);
    const returnNs = nowNs + random.below(20);
    busyUntil[publisher] = returnNs;
    const kind = random.below(10);
    const outcome = kind === 0 ? 'refused' : kind <= 2 ? 'unknown' : 'acked';
    const isStored = outcome === 'acked' || kind === 1;
    const publish: PublishOperation = {
      op: 'publish',
      client: `publisher ${publisher}`,
      subject,
      sha: `body ${index}`,
      invokeNs,
      returnNs,
      outcome,
      id: outcome === 'acked' ? messages.length + 1 : 0,
    };
    operations.push(publish);
    if (isStored) {
      messages.push({ id: messages.length + 1, sha: publish.sha });
      storedNs.get(subject)?.push(nowNs);
    } else if (outcome === 'unknown') {
      const id = messages.length + 1;
      const fetch = { op: 'fetch', client: 'fetcher', subject, id, invokeNs: nowNs, returnNs: nowNs } as const;
      operations.push({ ...fetch, outcome: 'absent', sha: '' });
    }
  }
  for (const subject of SUBJECTS) {
    const messages = finalLog.get(subject) ?? [];
    const times = storedNs.get(subject) ?? [];
    for (const client of ['early reader', 'late reader']) {
      operations.push(
        ...reads(random, { client, subject, messages, times, delayNs: client === 'early reader' ? 1 : 500 }),
      );
    }
    const { id, sha } = messages[random.below(messages.length)] ?? { id: 0, sha: '' };
    const afterwards = { invokeNs: nowNs + 600, returnNs: nowNs + 700 };
    operations.push({ op: 'fetch', client: 'fetcher', subject, id, ...afterwards, outcome: 'found', sha });
  }
  return { operations, finalLog };
}

interface Reader {
  readonly client: string;
  readonly subject: string;
  readonly messages: readonly StoredMessage[];
  readonly times: readonly number[];
  readonly delayNs: number;
}

/** One reader's streams: batches of 1 to 4 messages, a new stream now and then, sometimes from two messages before. */
function reads(random: Random, { client, subject, messages, times, delayNs }: Reader): ReadOperation[] {
  const streams: ReadOperation[] = [];
  let seen: ReadOperation['seen'][number][] = [];
  const open = (after: number): void => {
    seen = [];
    streams.push({ op: 'subscribe', client, after: { [subject]: after }, seen, complete: false });
  };
  open(0);
  for (let taken = 0; taken < messages.length;) {
    const batch = messages.slice(taken, taken + 1 + random.below(4));
    taken += batch.length;
    seen.push({
      subject,
      seenNs: (times[taken - 1] ?? 0) + delayNs,
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
