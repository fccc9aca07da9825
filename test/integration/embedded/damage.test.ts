import { open as openLmdb } from 'lmdb';
import type { RootDatabase } from 'lmdb';
import { copyFile, mkdir, mkdtemp, open, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError } from '../../../src/core/errors.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import { chunkKey } from '../../../src/storage/embedded/keys.js';
import type { Storage } from '../../../src/storage/storage.js';
import { isRequired } from '../../support/backends.js';
import { ManualClock } from '../../support/manual-clock.js';
import { Random } from '../../support/random.js';
import { countLost, fillSampleStore } from './sample-store.js';
import type { Sample } from './sample-store.js';

const SEED = 20_261_121;
const PAGE = 4096;

const clock = new ManualClock();
let folder: string;
let sample: Sample;
let size: number;
/** Where keys of chunks are in the file. */
let keyOffsets: number[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-damage-'));
  sample = await fillSampleStore(join(folder, 'good'), clock, new Random(SEED));
  const file = await readFile(join(folder, 'good', 'data.mdb'));
  size = file.length;
  keyOffsets = [];
  const keyOfSubject3 = Buffer.from([0x43, 0, 0, 0, 0, 0, 0, 0, 3]);
  for (let at = file.indexOf(keyOfSubject3); at !== -1; at = file.indexOf(keyOfSubject3, at + 1)) keyOffsets.push(at);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function copyStore(): Promise<string> {
  const copy = join(folder, 'copy');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy);
  for (const name of ['FORMAT', 'data.mdb']) await copyFile(join(folder, 'good', name), join(copy, name));
  return copy;
}

async function flipBit(path: string, offset: number, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  await file.write(byte, 0, 1, offset);
  await file.close();
}

/** Opens the copy: what it lost, or `refused`. Whatever opens must stay as it is when more is appended. */
async function outcome(path: string): Promise<number | 'refused'> {
  let storage: Storage;
  try {
    storage = await openEmbeddedStorage({ path, clock });
  } catch (error) {
    if (error instanceof BrokerError && error.reason === 'DATA_LOSS') return 'refused';
    throw error;
  }
  try {
    const lost = await countLost(storage, sample);
    for (let round = 0; round < 3; round += 1) {
      await storage.log.append([{ subject: 'later', body: Buffer.alloc(20_000), headers: [], ttlUs: 0 }]);
    }
    expect(await countLost(storage, sample)).toBe(lost);
    return lost;
  } finally {
    await storage.close();
  }
}

const ROUNDS = isRequired('long') ? 50 : 20;

/** Where the bits are flipped: anywhere, in what describes a page, and in the meta pages. */
const PLACES: Readonly<Record<string, (random: Random) => number>> = {
  anywhere: (random) => random.below(size),
  'the beginning of a page': (random) => random.below(size / PAGE) * PAGE + random.below(64),
  'a key': (random) => (keyOffsets[random.below(keyOffsets.length)] ?? 0) + random.below(17),
  'a meta page': (random) => random.below(2) * PAGE + random.below(168),
};

test('a store that is not damaged loses nothing', async () => {
  expect(await outcome(await copyStore())).toBe(0);
});

test.each(Object.entries(PLACES))(
  'a flipped bit in %s is harmless, reported or refused, never a wrong message',
  async (_name, place) => {
    const random = new Random(SEED + 1);
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const path = await copyStore();
      const offset = place(random);
      const bit = random.below(8);
      await flipBit(join(path, 'data.mdb'), offset, bit);
      try {
        const result = await outcome(path);
        seen.add(result === 'refused' ? 'refused' : result > 0 ? 'reported' : 'harmless');
      } catch (error) {
        throw new Error(`seed ${SEED}: bit ${bit} of byte ${offset} of ${size}`, { cause: error });
      }
    }
    expect(seen.size).toBeGreaterThan(1);
  },
  120_000,
);

test('a store that was cut off is refused', async () => {
  const random = new Random(SEED + 2);
  for (let round = 0; round < 20; round += 1) {
    const path = await copyStore();
    const length = random.below(size - PAGE);
    await truncate(join(path, 'data.mdb'), length);
    expect([length, await outcome(path)]).toEqual([length, 'refused']);
  }
}, 60_000);

test('a store whose file is gone is refused, not begun again', async () => {
  const path = await copyStore();
  await rm(join(path, 'data.mdb'));
  await expect(openEmbeddedStorage({ path, clock })).rejects.toThrow('is missing or empty');
});

describe('a store without one of its keys, in a file that is sound', () => {
  // As after a write that the disk acknowledged and lost. LMDB itself removes the key here, so that every page is right.
  async function change(path: string, work: (database: RootDatabase<Buffer, Buffer>) => Promise<unknown>) {
    const options = { noSubdir: true, encoding: 'binary', keyEncoding: 'binary', overlappingSync: false } as const;
    const database = openLmdb<Buffer, Buffer>({ path: join(path, 'data.mdb'), ...options });
    await work(database);
    await database.close();
  }

  const lostChunk = chunkKey(3, 1);

  test.each([
    ['is lost', (database: RootDatabase<Buffer, Buffer>) => database.remove(lostChunk)],
    [
      'stands under another key',
      async (database: RootDatabase<Buffer, Buffer>) => {
        const value = database.get(lostChunk);
        await database.remove(lostChunk);
        if (value !== undefined) await database.put(chunkKey(3, 2 ** 40), value);
      },
    ],
  ])('is refused when a chunk %s', async (_name, work) => {
    const path = await copyStore();
    await change(path, work);
    expect(await outcome(path)).toBe('refused');
  });
});
