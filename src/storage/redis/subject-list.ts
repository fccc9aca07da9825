import type { SubjectInfo } from '../storage.js';
import { compareUtf8 } from '../utf8-order.js';
import type { RedisData } from './redis-data.js';
import { TAGS } from './keys.js';
import { listOf, numberOf, textOf } from './reply.js';
import type { Argument, Reply } from './reply.js';
import { NAMES } from './scripts/reading.js';

/** Names beyond an even share that each tag is asked for at first, so that most lists need no second question. */
const SPARE = 16;

/** The names of one tag, fetched as they are needed. */
interface Names {
  readonly tag: number;
  readonly fetched: string[];
  next: number;
  complete: boolean;
}

/** Subjects with a prefix behind a name, merged from all tags in the order of their UTF-8 bytes. */
export async function listSubjects(
  data: RedisData,
  { prefix, after, limit }: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  const least = compareUtf8(after, prefix) < 0 ? `[${prefix}` : `(${after}`;
  const share = Math.min(limit, Math.ceil((2 * limit) / TAGS) + SPARE);
  const all = Array.from({ length: TAGS }, (_, tag): Names => ({ tag, fetched: [], next: 0, complete: false }));
  const found: string[] = [];
  while (found.length < limit) {
    await fetchMore(data, all, prefix, least, share);
    // Until one tag has to be asked again, the least of all fetched names is the next one.
    for (;;) {
      let first: Names | undefined;
      for (const names of all) {
        const name = names.fetched[names.next];
        if (name === undefined) continue;
        if (first === undefined || compareUtf8(name, first.fetched[first.next] as string) < 0) first = names;
      }
      if (first === undefined) return found;
      found.push(first.fetched[first.next] as string);
      first.next += 1;
      if (found.length >= limit) return found;
      if (first.next === first.fetched.length && !first.complete) break;
    }
  }
  return found;
}

/** Fetches names of those tags that have none left. */
async function fetchMore(
  data: RedisData,
  all: readonly Names[],
  prefix: string,
  least: string,
  limit: number,
): Promise<void> {
  const greatest = endOf(prefix);
  await Promise.all(
    data.places.map(async (place) => {
      const tags = data.tagsOf(place);
      const empty = all.filter((names) => tags.includes(names.tag) && !names.complete && !hasMore(names));
      if (empty.length === 0) return;
      const args: Argument[] = empty.flatMap(({ fetched }) => {
        const last = fetched.at(-1);
        return [last === undefined ? least : `(${last}`, greatest, String(limit)];
      });
      const keys = empty.map(({ tag }) => data.keys.subjects(tag));
      const { answer } = await data.run(NAMES, place, keys, args);
      for (const [index, names] of empty.entries()) {
        const reply = listOf(answer[index]);
        names.fetched.push(...reply.map(textOf));
        names.complete = reply.length < limit;
      }
    }),
  );
}

function hasMore({ fetched, next }: Names): boolean {
  return next < fetched.length;
}

/** The first bytes behind everything that begins with `prefix`; UTF-8 has no byte 0xff that could overflow. */
function endOf(prefix: string): Argument {
  if (prefix === '') return '+';
  const end = Buffer.from(`(${prefix}`);
  end[end.length - 1] = (end.at(-1) as number) + 1;
  return end;
}

/** What the script HEADS has answered for a subject. */
export function headOf(subject: string, reply: Reply | undefined): SubjectInfo {
  const [lastId, lastPublishTimeUs, firstId, messages, bytes] = listOf(reply).map(numberOf);
  return {
    subject,
    lastId: lastId as number,
    lastPublishTimeUs: lastPublishTimeUs as number,
    firstId: firstId as number,
    messages: messages as number,
    bytes: bytes as number,
  };
}
