import { continuePurge } from './purge.js';
import type { RedisData } from './redis-data.js';
import { bytesOf, listOf, numberOf } from './reply.js';
import { DUE, EXPIRE_CHUNKS, EXPIRE_RECORDS } from './scripts/removal.js';

/** About how many messages and records one step removes. */
const STEP_MESSAGES = 1000;

/** The same for each place of a cluster, few of which have as much to remove at one time. */
const STEP_MESSAGES_PER_PLACE = 125;

const CHUNK = 0x63;
const PURGE = 0x70;
const SPACE = 0x20;

/** Removes some of what has expired; true when there is more. */
export async function expireStep(data: RedisData): Promise<boolean> {
  const steps = await Promise.all(data.places.map((place) => expirePlace(data, place)));
  return steps.includes(true);
}

async function expirePlace(data: RedisData, place: number): Promise<boolean> {
  const { keys } = data;
  const tags = data.tagsOf(place);
  const room = data.places.length === 1 ? STEP_MESSAGES : STEP_MESSAGES_PER_PLACE;
  const { answer } = await data.run(
    DUE,
    place,
    tags.map((tag) => keys.due(tag)),
    [String(room)],
  );
  let more = numberOf(answer[0]) === 1;
  const chunkKeys: string[] = [];
  const chunkArgs: (string | Buffer)[] = [];
  const recordKeys: string[] = [];
  const recordArgs: (string | Buffer)[] = [];
  const purges: string[] = [];
  for (const [index, tag] of tags.entries()) {
    for (const name of listOf(answer[index + 1]).map(bytesOf)) {
      if (name[0] === CHUNK) {
        const { chunk, subject } = chunkOf(name);
        chunkKeys.push(keys.due(tag), keys.state(tag, subject), keys.chunks(tag, subject));
        chunkArgs.push(name, chunk);
      } else if (name[0] === PURGE) {
        purges.push(name.toString('utf8', 2));
      } else {
        const { partition, key } = recordOf(name);
        recordKeys.push(keys.due(tag), keys.records(tag, partition), keys.recordKeys(tag, partition));
        recordArgs.push(name, key);
      }
    }
  }
  if (chunkKeys.length > 0) await data.run(EXPIRE_CHUNKS, place, chunkKeys, chunkArgs);
  if (recordKeys.length > 0) await data.run(EXPIRE_RECORDS, place, recordKeys, recordArgs);
  for (const subject of purges) if (await continuePurge(data, subject)) more = true;
  return more;
}

/** `c <messages> <name of the chunk> <subject>` */
function chunkOf(name: Buffer): { readonly chunk: string; readonly subject: string } {
  const start = name.indexOf(SPACE, 2) + 1;
  const end = name.indexOf(SPACE, start);
  return { chunk: name.toString('latin1', start, end), subject: name.toString('utf8', end + 1) };
}

/** `r <bytes of the partition> <partition><key>` */
function recordOf(name: Buffer): { readonly partition: string; readonly key: string } {
  const start = name.indexOf(SPACE, 2) + 1;
  const end = start + Number(name.toString('latin1', 2, start - 1));
  return { partition: name.toString('utf8', start, end), key: name.toString('utf8', end) };
}
