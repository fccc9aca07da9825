import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import type { AppendItem } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'waybill-size-'));
});

afterEach(() => rm(path, { recursive: true, force: true }));

function batch(subjects: number, ttlUs: number): readonly AppendItem[] {
  return Array.from({ length: 2000 }, (_, index) => ({
    subject: `s${index % subjects}`,
    body: Buffer.alloc(100, index),
    headers: [],
    ttlUs,
  }));
}

test('expired messages give their pages back: the file stops growing', async () => {
  const clock = new ManualClock();
  const storage = await openEmbeddedStorage({ path, clock });
  const sizes: number[] = [];
  for (let cycle = 0; cycle < 40; cycle += 1) {
    for (let append = 0; append < 5; append += 1) await storage.log.append(batch(append * 7 + 1, 1_000_000));
    clock.advance(2000);
    while (await storage.log.expire());
    sizes.push((await stat(join(path, 'data.mdb'))).size);
  }
  expect(await storage.log.subjects({ prefix: 's0', after: '', limit: 1 })).toMatchObject([{ messages: 0, bytes: 0 }]);
  await storage.close();
  expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[9] ?? 0) * 1.2);
}, 60_000);

test('a purge of a large subject hides everything at once and gives the pages back step by step', async () => {
  const clock = new ManualClock();
  const storage = await openEmbeddedStorage({ path, clock });
  const fill = async (): Promise<void> => {
    for (let append = 0; append < 50; append += 1) await storage.log.append(batch(1, 0));
  };
  await fill();
  expect(await storage.log.purge('s0', { beforeId: 99_990, dryRun: false })).toMatchObject({ messages: 99_989 });
  const [page] = await storage.log.read([{ subject: 's0', fromId: 1, maxMessages: 100 }], 2 ** 20);
  expect(page?.messages.map(({ id }) => id)).toEqual([
    99_990, 99_991, 99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999, 100_000,
  ]);
  let steps = 0;
  while (await storage.log.expire()) steps += 1;
  expect(steps).toBeGreaterThan(1);
  const before = (await stat(join(path, 'data.mdb'))).size;
  await fill();
  expect((await stat(join(path, 'data.mdb'))).size).toBeLessThan(before * 1.2);
  await storage.close();
}, 60_000);

test('a million messages take no memory and are there after a restart', async () => {
  const clock = new ManualClock();
  const first = await openEmbeddedStorage({ path, clock });
  for (let append = 0; append < 500; append += 1) await first.log.append(batch(16, 0));
  await first.close();
  const storage = await openEmbeddedStorage({ path, clock });
  const subjects = await storage.log.subjects({ prefix: '', after: '', limit: 100 });
  expect(subjects.reduce((sum, { messages }) => sum + messages, 0)).toBe(1_000_000);
  expect((await storage.log.get('s15', 62_500))?.body).toHaveLength(100);
  const result = await storage.log.append(batch(16, 0));
  expect(result[0]).toMatchObject({ id: 62_501 });
  await storage.close();
}, 60_000);
