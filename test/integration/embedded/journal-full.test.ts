import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokerError } from '../../../src/core/errors.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import type { AppendItem, Storage } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SmallDisk } from '../../support/small-disk.js';

const disk = SmallDisk.mount(24);
afterAll(() => disk?.unmount());

const clock = new ManualClock();
const path = join(disk?.path ?? '', 'data');
const ballast = join(disk?.path ?? '', 'ballast');

const item = (id: number): AppendItem => ({
  subject: 'a',
  body: Buffer.alloc(20_000, id),
  headers: [],
  ttlUs: 0,
});

async function append(storage: Storage, id: number): Promise<'full' | 'stored'> {
  try {
    expect(await storage.log.append([item(id)])).toMatchObject([{ id }]);
    return 'stored';
  } catch (error) {
    if (!(error instanceof BrokerError) || error.reason !== 'STORAGE_FULL') throw error;
    return 'full';
  }
}

async function expectStored(storage: Storage, lastId: number): Promise<void> {
  expect((await storage.log.heads(['a']))[0]).toMatchObject({ lastId });
  for (let id = 1; id <= lastId; id += 1) {
    expect(Buffer.from((await storage.log.get('a', id))?.body ?? []).equals(item(id).body)).toBe(true);
  }
}

(disk === undefined ? test.skip : test)(
  'a full disk loses nothing over restarts, serves what it has and goes on with space',
  async () => {
    // LMDB itself prints every failed commit.
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    let storage = await openEmbeddedStorage({ path, clock });
    try {
      let stored = 0;
      while (stored < 10 && (await append(storage, stored + 1)) === 'stored') stored += 1;
      const fill = (): void => {
        for (let bytes = 2 ** 22; bytes >= 4096;) {
          try {
            writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' });
          } catch {
            bytes /= 2;
          }
        }
      };
      fill();
      // Acknowledged although no page is free: what the journal has room for.
      while ((await append(storage, stored + 1)) === 'stored') stored += 1;
      expect(stored).toBeGreaterThan(150);
      await expectStored(storage, stored);
      for (let restart = 0; restart < 3; restart += 1) {
        await storage.close();
        storage = await openEmbeddedStorage({ path, clock });
        await expectStored(storage, stored);
        expect(await append(storage, stored + 1)).toBe('full');
        await storage.ping();
      }
      rmSync(ballast);
      for (let more = 0; more < 20; more += 1) {
        expect(await append(storage, stored + 1)).toBe('stored');
        stored += 1;
      }
      // Once more, with a part that could not be moved and a newer one, both of which then go with a large append.
      fill();
      while ((await append(storage, stored + 1)) === 'stored') stored += 1;
      rmSync(ballast);
      const large = { subject: 'b', body: Buffer.alloc(100_000), headers: [], ttlUs: 0 };
      expect(await storage.log.append([large])).toMatchObject([{ id: 1 }]);
      await storage.close();
      storage = await openEmbeddedStorage({ path, clock });
      await expectStored(storage, stored);
      expect(await append(storage, stored + 1)).toBe('stored');
    } finally {
      await storage.close();
      printed.mockRestore();
    }
  },
  60_000,
);
