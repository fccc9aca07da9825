import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError } from '../../../src/core/errors.js';
import { JournaledDatabase } from '../../../src/storage/embedded/journaled-database.js';
import { LmdbDatabase } from '../../../src/storage/embedded/lmdb-database.js';
import { ManualClock } from '../../support/manual-clock.js';
import { Random } from '../../support/random.js';

const SEED = 20_261_122;
const COMMITS = 20;
const SECTOR = 512;

const clock = new ManualClock();
let root: string;
let good: string;
/** journal.0 before the first commit and after each. */
const snapshots: Buffer[] = [];
let journal1: Buffer;

const open = (path: string): Promise<JournaledDatabase> =>
  JournaledDatabase.open(new LmdbDatabase(join(path, 'data.mdb')), path, clock);

// Twenty commits that are in the journal alone, and both files as a crash would have left them after each.
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'waybill-journal-'));
  good = mkdtempSync(join(root, 'good-'));
  const random = new Random(SEED);
  const database = await open(good);
  // The first commit is in the database, so that its record is not needed any more.
  await database.commit([[Buffer.from('first'), Buffer.from('v')]]);
  await database.commit([[Buffer.from('large'), Buffer.alloc(100_000)]]);
  snapshots.push(readFileSync(join(good, 'journal.0')));
  for (let index = 1; index <= COMMITS; index += 1) {
    await database.commit([
      [Buffer.from('last'), Buffer.from(String(index))],
      [Buffer.from(`k${index}`), Buffer.from(random.bytes(random.below(3000)))],
    ]);
    snapshots.push(readFileSync(join(good, 'journal.0')));
  }
  journal1 = readFileSync(join(good, 'journal.1'));
  copyFileSync(join(good, 'data.mdb'), join(root, 'data.mdb'));
  await database.close();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function crashed(journal0: Buffer = snapshots[COMMITS] as Buffer): string {
  const path = mkdtempSync(join(root, 'crashed-'));
  copyFileSync(join(root, 'data.mdb'), join(path, 'data.mdb'));
  writeFileSync(join(path, 'journal.0'), journal0);
  writeFileSync(join(path, 'journal.1'), journal1);
  return path;
}

/** How many of the commits are there when the folder is opened, after a look that they are the first ones. */
async function replayed(path: string): Promise<number | 'refused'> {
  const below = new LmdbDatabase(join(path, 'data.mdb'));
  let database: JournaledDatabase;
  try {
    database = await JournaledDatabase.open(below, path, clock);
  } catch (error) {
    await below.close();
    if (!(error instanceof BrokerError) || error.reason !== 'DATA_LOSS') throw error;
    expect(error.message).toContain(join(path, 'journal.'));
    return 'refused';
  }
  const last = Number(database.get(Buffer.from('last')) ?? 0);
  for (let index = 1; index <= COMMITS; index += 1) {
    expect(database.get(Buffer.from(`k${index}`)) !== undefined).toBe(index <= last);
  }
  await database.close();
  rmSync(path, { recursive: true });
  return last;
}

/** Where the file before and after a commit differ. */
function changedBytes(before: Buffer, after: Buffer): readonly [from: number, to: number] {
  let from = 0;
  while (before[from] === after[from]) from += 1;
  let to = after.length;
  while (before[to - 1] === after[to - 1]) to -= 1;
  return [from, to];
}

test('everything is replayed after a crash between two commits', async () => {
  for (const [index, bytes] of snapshots.entries()) expect(await replayed(crashed(bytes))).toBe(index);
});

test('a crash in the middle of a write leaves the commits before it', async () => {
  const random = new Random(SEED + 1);
  for (let round = 0; round < 150; round += 1) {
    const index = 1 + random.below(COMMITS);
    const [before, after] = [snapshots[index - 1] as Buffer, snapshots[index] as Buffer];
    const [from, to] = changedBytes(before, after);
    const cut = from + random.below(to - from);
    const torn = Buffer.concat([after.subarray(0, cut), before.subarray(cut)]);
    expect([cut, await replayed(crashed(torn))]).toEqual([cut, index - 1]);
  }
});

test('a crash in the middle of a write whose sectors arrive in any order leaves the commits before it', async () => {
  const random = new Random(SEED + 2);
  for (let round = 0; round < 150; round += 1) {
    const index = 1 + random.below(COMMITS);
    const [before, after] = [snapshots[index - 1] as Buffer, snapshots[index] as Buffer];
    const torn = Buffer.from(before);
    const [from, to] = changedBytes(before, after);
    for (let at = Math.floor(from / SECTOR) * SECTOR; at < to; at += SECTOR) {
      if (random.below(2) === 0) after.copy(torn, at, at, at + SECTOR);
    }
    expect(await replayed(crashed(torn))).toBe(torn.equals(after) ? index : index - 1);
  }
});

test('a flipped bit is refused, or harmless, or takes the last commit, which cannot be told from one cut off', async () => {
  const random = new Random(SEED + 3);
  const [, end] = changedBytes(snapshots[0] as Buffer, snapshots[COMMITS] as Buffer);
  const [lastFrom] = changedBytes(snapshots[COMMITS - 1] as Buffer, snapshots[COMMITS] as Buffer);
  const seen = new Set<number | 'refused'>();
  for (let round = 0; round < 200; round += 1) {
    const bytes = Buffer.from(snapshots[COMMITS] as Buffer);
    const at = round % 4 === 0 ? lastFrom + random.below(end - lastFrom) : random.below(end);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    const result = await replayed(crashed(bytes));
    if (result !== 'refused') expect([at, result]).toEqual([at, at < lastFrom ? COMMITS : expect.any(Number)]);
    if (result !== 'refused') expect(result).toBeGreaterThanOrEqual(COMMITS - 1);
    seen.add(result);
  }
  expect(seen).toEqual(new Set(['refused', COMMITS - 1, COMMITS]));
});

test.each(['journal.0', 'journal.1'])(
  'a %s that is gone, cut off, empty or of another store is refused',
  async (name) => {
    const gone = crashed();
    rmSync(join(gone, name));
    expect(await replayed(gone)).toBe('refused');
    const cut = crashed();
    truncateSync(join(cut, name), 1_000_000);
    expect(await replayed(cut)).toBe('refused');
    const empty = crashed();
    writeFileSync(join(empty, name), Buffer.alloc(snapshots[0]?.length ?? 0));
    expect(await replayed(empty)).toBe('refused');
    const foreign = crashed();
    copyFileSync(join(good, name), join(foreign, name));
    const other = mkdtempSync(join(root, 'other-'));
    const database = await open(other);
    await database.commit([[Buffer.from('k'), Buffer.from('v')]]);
    copyFileSync(join(other, name), join(foreign, name));
    await database.close();
    expect(await replayed(foreign)).toBe('refused');
  },
);

test('a journal that was in use is not replayed into a database that does not need it', async () => {
  const path = crashed();
  copyFileSync(join(good, 'data.mdb'), join(path, 'data.mdb'));
  expect(await replayed(path)).toBe(COMMITS);
  const newer = mkdtempSync(join(root, 'newer-'));
  copyFileSync(join(good, 'data.mdb'), join(newer, 'data.mdb'));
  const database = await open(newer);
  await database.commit([[Buffer.from('last'), Buffer.from('0')]]);
  await database.close();
  for (const name of ['journal.0', 'journal.1']) copyFileSync(join(good, name), join(newer, name));
  const again = await open(newer);
  expect(again.get(Buffer.from('last'))?.toString()).toBe('0');
  await again.close();
});

test('a journal that is a folder or a pipe is refused', async () => {
  const path = crashed();
  rmSync(join(path, 'journal.1'));
  execFileSync('mkfifo', [join(path, 'journal.1')]);
  const below = new LmdbDatabase(join(path, 'data.mdb'));
  await expect(JournaledDatabase.open(below, path, clock)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
  await below.close();
});
