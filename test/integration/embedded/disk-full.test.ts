import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerError } from '../../../src/core/errors.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import type { AppendItem } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SmallDisk } from '../../support/small-disk.js';

const disk = SmallDisk.mount(8);
afterAll(() => disk?.unmount());

const items: readonly AppendItem[] = Array.from({ length: 300 }, (_, index) => ({
  subject: 'a',
  body: Buffer.alloc(100, index),
  headers: [],
  ttlUs: 0,
}));

(disk === undefined ? test.skip : test)(
  'a full disk refuses appends, loses nothing and works again with space',
  async () => {
    // LMDB itself prints every failed commit.
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const path = join(disk?.path ?? '', 'data');
    const clock = new ManualClock();
    let storage = await openEmbeddedStorage({ path, clock });
    try {
      const ballast = join(disk?.path ?? '', 'ballast');
      writeFileSync(ballast, Buffer.alloc(3 * 2 ** 20));
      let stored = 0;
      const appendUntilFull = async (): Promise<BrokerError> => {
        for (;;) {
          try {
            await storage.log.append(items);
            stored += items.length;
          } catch (error) {
            return error as BrokerError;
          }
        }
      };
      expect(await appendUntilFull()).toMatchObject({ reason: 'STORAGE_FULL' });
      expect(await appendUntilFull()).toMatchObject({ reason: 'STORAGE_FULL' });
      expect((await storage.log.get('a', stored))?.id).toBe(stored);
      await storage.ping();

      rmSync(ballast);
      const results = await storage.log.append(items);
      expect(results[0]).toMatchObject({ id: stored + 1 });
      await storage.close();
      storage = await openEmbeddedStorage({ path, clock });
      const [head] = await storage.log.heads(['a']);
      expect(head?.lastId).toBe(stored + items.length);
      for (let id = 1; id <= stored + items.length; id += 1) expect((await storage.log.get('a', id))?.id).toBe(id);
    } finally {
      await storage.close();
      printed.mockRestore();
    }
  },
  60_000,
);
