import { constants, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Range, Write } from '../../../src/storage/embedded/database.js';
import { JournaledDatabase } from '../../../src/storage/embedded/journaled-database.js';
import { JOURNAL_KEY } from '../../../src/storage/embedded/keys.js';
import { LmdbDatabase } from '../../../src/storage/embedded/lmdb-database.js';
import { ManualClock } from '../../support/manual-clock.js';
import { Random } from '../../support/random.js';

const SEED = 20_261_121;
const FILES = ['data.mdb', 'journal.0', 'journal.1'];

let folder: string;
const clock = new ManualClock();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-journaled-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (path: string): Promise<JournaledDatabase> =>
  JournaledDatabase.open(new LmdbDatabase(join(path, 'data.mdb')), path, clock);

/** What a crash at this moment would leave, opened. */
async function openCrashed(): Promise<{ database: JournaledDatabase; path: string }> {
  const path = await mkdtemp(join(folder, 'crashed-'));
  for (const name of FILES) await copyFile(join(folder, name), join(path, name));
  return { database: await open(path), path };
}

/** Keys with their values as a plain sorted list. */
type Model = Map<string, string>;

const ALL: Range = { start: Buffer.from([0x60]), end: Buffer.from([0x7f]) };

function change(model: Model, writes: readonly Write[]): void {
  for (const [key, value] of writes) {
    if (value === undefined) model.delete(key.toString());
    else model.set(key.toString(), value.toString('hex'));
  }
}

function expectSame(database: JournaledDatabase, model: Model, { start, end, backwards }: Range): void {
  const [low, high] = backwards === true ? [end, start] : [start, end];
  const wanted = [...model]
    .filter(([key]) => {
      const [fromLow, fromHigh] = [Buffer.compare(Buffer.from(key), low), Buffer.compare(Buffer.from(key), high)];
      return backwards === true ? fromLow > 0 && fromHigh <= 0 : fromLow >= 0 && fromHigh < 0;
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (backwards === true) wanted.reverse();
  const range = { start, end, backwards: backwards ?? false };
  const found = [...database.entries(range)].map(({ key, value }) => [key.toString(), value.toString('hex')]);
  expect(found).toEqual(wanted);
  expect([...database.keys(range)].map(String)).toEqual(wanted.map(([key]) => key));
  expect(database.firstKey(range)?.toString()).toBe(wanted[0]?.[0]);
  expect(database.first(range)?.value.toString('hex')).toBe(wanted[0]?.[1]);
}

function randomWrites(random: Random, count: number, bytes: number): readonly Write[] {
  return Array.from({ length: count }, (): Write => {
    const key = Buffer.from(`k${random.below(300)}`);
    return [key, random.below(3) === 0 ? undefined : Buffer.alloc(random.below(bytes), random.below(256))];
  });
}

/** Lets what is on its way to the database arrive. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('reads and restarts as a plain sorted map would, whatever is on its way where', async () => {
  const random = new Random(SEED);
  const model: Model = new Map();
  let database = await open(folder);
  for (let round = 0; round < 400; round += 1) {
    const large = random.below(12) === 0;
    const writes = large ? randomWrites(random, 40, 8000) : randomWrites(random, 1 + random.below(20), 4000);
    change(model, writes);
    const committing = database.commit(writes);
    if (random.below(10) === 0) {
      if (random.below(2) === 0) await writeBegun();
      clock.advance(1000);
    }
    await committing;
    if (random.below(20) === 0) clock.advance(1000);
    if (random.below(20) === 0) await settle();
    const [start, end] = [Buffer.from(`k${random.below(320)}`), Buffer.from(`k${random.below(320)}`)];
    expectSame(database, model, { start, end });
    expectSame(database, model, { start, end, backwards: true });
    for (const [key] of writes) expect(database.get(key)?.toString('hex')).toBe(model.get(key.toString()));
    if (round % 20 === 0) expectSame(database, model, ALL);
    if (round % 25 === 24) {
      const crashed = await openCrashed();
      expectSame(crashed.database, model, ALL);
      await crashed.database.close();
    }
    if (round % 70 === 69) {
      await database.close();
      database = await open(folder);
      expectSame(database, model, ALL);
    }
  }
  await database.close();
}, 60_000);

test('a small transaction is in the journal, later in the database, and a timer runs only meanwhile', async () => {
  const database = await open(folder);
  const before = clock.pending;
  await database.commit([[Buffer.from('k'), Buffer.from('v')]]);
  expect(clock.pending).toBe(before + 1);
  expect(await below('k')).toBeUndefined();
  clock.advance(1000);
  while ((await below('k')) === undefined);
  expect(clock.pending).toBe(before);
  expect(database.get(Buffer.from('k'))?.toString()).toBe('v');
  await database.close();
});

/** What the database has without its journal. */
async function below(key: string): Promise<string | undefined> {
  await copyFile(join(folder, 'data.mdb'), join(folder, 'copy.mdb'));
  const copy = new LmdbDatabase(join(folder, 'copy.mdb'));
  const value = copy.get(Buffer.from(key))?.toString();
  await copy.close();
  return value;
}

/** Lets a commit come to the point where it waits for the disk, which takes no turn of the event loop. */
async function writeBegun(): Promise<void> {
  for (let step = 0; step < 10; step += 1) await Promise.resolve();
}

test('a transaction that is being written when the time has come is moved with those before it', async () => {
  const database = await open(folder);
  await database.commit([[Buffer.from('k1'), Buffer.from('v')]]);
  const committing = database.commit([[Buffer.from('k2'), Buffer.from('v')]]);
  await writeBegun();
  clock.advance(1000);
  await committing;
  while ((await below('k1')) === undefined);
  expect(await below('k2')).toBe('v');
  await database.close();
});

test('more small transactions than both segments hold go on without loss', async () => {
  let database = await open(folder);
  const body = Buffer.alloc(50_000, 'x');
  for (let index = 0; index < 300; index += 1) await database.commit([[Buffer.from(`k${index}`), body]]);
  const crashed = await openCrashedWhenQuiet(database);
  for (const each of [database, crashed]) {
    expect([...each.keys({ start: Buffer.from('k'), end: Buffer.from('l') })]).toHaveLength(300);
    await each.close();
  }
  database = await open(folder);
  expect([...database.keys({ start: Buffer.from('k'), end: Buffer.from('l') })]).toHaveLength(300);
  await database.close();
});

async function openCrashedWhenQuiet(database: JournaledDatabase): Promise<JournaledDatabase> {
  await settle();
  await database.commit([[Buffer.from('later'), Buffer.from('v')]]);
  await settle();
  return (await openCrashed()).database;
}

test('replays in the order of the commits, over both segments', async () => {
  const database = await open(folder);
  const filler = Buffer.alloc(60_000);
  for (let index = 1; index <= 60; index += 1) {
    await database.commit([
      [Buffer.from('k'), Buffer.from(String(index))],
      [Buffer.from('filler'), filler],
      [Buffer.from(`k${index - 1}`), undefined],
      [Buffer.from(`k${index}`), Buffer.from('v')],
    ]);
  }
  const crashed = await openCrashedWhenQuiet(database);
  expect(crashed.get(Buffer.from('k'))?.toString()).toBe('60');
  expect([...crashed.keys({ start: Buffer.from('k0'), end: Buffer.from('k:') })].map(String)).toEqual(['k60']);
  await crashed.close();
  await database.close();
});

test('nothing is seen before it is in the journal', async () => {
  const database = await open(folder);
  const key = Buffer.from('k');
  for (let round = 0; round < 20; round += 1) {
    const number = Buffer.from(String(round));
    let committed = false;
    const journal = join(folder, 'journal.0');
    const committing = database.commit([[key, number]]).then(() => {
      committed = true;
    });
    while (database.get(key)?.equals(number) !== true) {
      expect(committed).toBe(false);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Seen, so it is in the file: the key, its value and nothing in between.
    expect(readFileSync(journal).includes(Buffer.concat([key, number]))).toBe(true);
    await committing;
  }
  await database.close();
});

test('a reader sees a large transaction as a whole or not at all while it arrives', async () => {
  const database = await open(folder);
  const [held, below] = [Buffer.from('a'), Buffer.from('z')];
  const large = (round: number): Promise<void> => {
    const number = Buffer.from(String(round));
    return database.commit([
      [held, number],
      [Buffer.from('b'), Buffer.alloc(1_000_000, 'x')],
      [below, number],
    ]);
  };
  await large(0);
  for (let round = 1; round <= 60; round += 1) {
    // One of the keys is over the database, the other only in it.
    await database.commit([[held, Buffer.from(String(round - 1))]]);
    let arrived = false;
    const arriving = large(round).then(() => {
      arrived = true;
    });
    while (!arrived) {
      const value = database.get(held)?.toString();
      expect(database.get(below)?.toString()).toBe(value);
      const entries = [...database.entries({ start: below, end: Buffer.from('Z'), backwards: true })];
      expect(entries.map(({ key }) => key.toString())).toEqual(['z', 'b', 'a']);
      expect(entries[0]?.value.toString()).toBe(value);
      expect(entries[2]?.value.toString()).toBe(value);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await arriving;
    expect(database.get(held)?.toString()).toBe(String(round));
  }
  await database.close();
});

(process.platform === 'linux' ? test : test.skip)('the journal is written synchronously', async () => {
  const database = await open(folder);
  await database.commit([[Buffer.from('k'), Buffer.from('v')]]);
  let checked = 0;
  for (const descriptor of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${descriptor}`).catch(() => '');
    if (!target.startsWith(join(folder, 'journal.'))) continue;
    const [, flags = ''] = /^flags:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    expect(parseInt(flags, 8) & constants.O_DSYNC).toBe(constants.O_DSYNC);
    checked += 1;
  }
  expect(checked).toBe(2);
  await database.close();
});

test('after close the database has everything and needs no journal', async () => {
  const database = await open(folder);
  await database.commit([[Buffer.from('k'), Buffer.from('v')]]);
  await database.close();
  const below = new LmdbDatabase(join(folder, 'data.mdb'));
  expect(below.get(Buffer.from('k'))?.toString()).toBe('v');
  expect(below.get(JOURNAL_KEY)).toBeUndefined();
  await below.close();
  for (const name of ['journal.0', 'journal.1']) await rm(join(folder, name));
  const again = await open(folder);
  expect(again.get(Buffer.from('k'))?.toString()).toBe('v');
  await again.commit([[Buffer.from('l'), Buffer.from('v')]]);
  await again.close();
});
