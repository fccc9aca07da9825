import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import { BrokerError } from '../../../src/core/errors.js';
import type { AppendItem, Storage } from '../../../src/storage/storage.js';
import type { ManualClock } from '../../support/manual-clock.js';
import type { Random } from '../../support/random.js';

const SUBJECTS = 30;
const RECORDS = 300;
const HOUR_US = 3_600_000_000;

/** What a sample store holds: the hexadecimal bodies by subject and id, and the records of partition `p`. */
export interface Sample {
  readonly bodies: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly records: ReadonlyMap<string, string>;
}

/** Fills a store with about 20,000 messages of many sizes, holes from expiry and purges, keys, fences and records. */
export async function fillSampleStore(path: string, clock: ManualClock, random: Random): Promise<Sample> {
  const storage = await openEmbeddedStorage({ path, clock });
  const bodies = new Map<string, Map<number, string>>();
  for (let round = 0; round < 120; round += 1) {
    const items = Array.from({ length: random.below(350) }, (_, index) => sampleItem(random, `${round}.${index}`));
    for (const [index, result] of (await storage.log.append(items)).entries()) {
      if (result instanceof BrokerError) throw result;
      const { subject, body, ttlUs } = items[index] as AppendItem;
      const ofSubject = bodies.get(subject) ?? new Map<number, string>();
      if (ttlUs !== 1) ofSubject.set(result.id, Buffer.from(body).toString('hex'));
      bodies.set(subject, ofSubject);
    }
    clock.advance(1);
    while (await storage.log.expire());
  }
  const [purged] = bodies.keys();
  const beforeId = 100;
  await storage.log.purge(purged ?? '', { beforeId, dryRun: false });
  for (const id of bodies.get(purged ?? '')?.keys() ?? []) if (id < beforeId) bodies.get(purged ?? '')?.delete(id);
  const records = new Map<string, string>();
  for (let index = 0; index < RECORDS; index += 1) {
    const value = random.bytes(random.below(60));
    records.set(`key ${index}`, Buffer.from(value).toString('hex'));
    await storage.records.commit('p', { puts: [{ key: `key ${index}`, value, ttlUs: 0 }] });
  }
  await storage.close();
  return { bodies, records };
}

function sampleItem(random: Random, name: string): AppendItem {
  const size = random.below(random.below(20) === 0 ? 6000 : 200);
  return {
    subject: `subject.${random.below(SUBJECTS)}`,
    body: random.bytes(size),
    headers: random.below(4) === 0 ? [['name', name]] : [],
    ttlUs: [0, HOUR_US, 1][random.below(3)] ?? 0,
    ...(random.below(50) === 0
      ? { idempotency: { key: name, digest: random.bytes(16), windowUs: HOUR_US }, fence: { lock: 'l', token: 1 } }
      : {}),
  };
}

/** Compares a store with its sample; counts what is reported as lost and throws when anything else is not as it was. */
export async function countLost(storage: Storage, sample: Sample): Promise<number> {
  let lost = 0;
  for (const [subject, wanted] of sample.bodies) {
    const found = (await readBodies(storage, subject)) ?? (await getBodies(storage, subject, wanted.keys()));
    for (const [id, body] of wanted) {
      const bytes = found.get(id);
      if (bytes === LOST) lost += 1;
      else if (bytes !== body) throw new Error(`${subject} ${id} reads ${bytes} instead of ${body}`);
    }
  }
  for (const [key, value] of sample.records) {
    const bytes = await orLost(async () => hex((await storage.records.get('p', key))?.value));
    if (bytes === LOST) lost += 1;
    else if (bytes !== value) throw new Error(`${key} reads ${bytes} instead of ${value}`);
  }
  return lost;
}

const LOST = 'lost';

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}

async function orLost<T>(read: () => Promise<T>): Promise<T | typeof LOST> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BrokerError && error.reason === 'DATA_LOSS') return LOST;
    throw error;
  }
}

/** Everything that reading the subject from its beginning gives, or undefined when that fails somewhere. */
async function readBodies(storage: Storage, subject: string): Promise<Map<number, string | undefined> | undefined> {
  const found = new Map<number, string | undefined>();
  for (let fromId = 1; ;) {
    const range = { subject, fromId, maxMessages: Number.MAX_SAFE_INTEGER };
    const results = await orLost(() => storage.log.read([range], 2 ** 20));
    if (results === LOST) return undefined;
    for (const { id, body } of results[0]?.messages ?? []) found.set(id, hex(body));
    const { nextId = 0, lastId = 0 } = results[0] ?? {};
    if (nextId > lastId) return found;
    fromId = nextId;
  }
}

async function getBodies(
  storage: Storage,
  subject: string,
  ids: Iterable<number>,
): Promise<Map<number, string | undefined>> {
  const found = new Map<number, string | undefined>();
  for (const id of ids) found.set(id, await orLost(async () => hex((await storage.log.get(subject, id))?.body)));
  return found;
}
