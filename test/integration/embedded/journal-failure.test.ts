import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import type { AppendItem } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';

const item: AppendItem = { subject: 'a', body: Buffer.from('x'), headers: [], ttlUs: 0 };

/** Lets every write to the file fail: another one takes the place of its descriptor, which is open for reading only. */
function breakFile(path: string): void {
  for (const name of readdirSync('/proc/self/fd')) {
    let target = '';
    try {
      target = readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      continue;
    }
    if (target !== path) continue;
    const descriptor = Number(name);
    closeSync(descriptor);
    expect(openSync('/dev/null', 'r')).toBe(descriptor);
    return;
  }
  throw new Error(`"${path}" is not open`);
}

(process.platform === 'linux' ? test : test.skip)(
  'a journal that cannot be written stops the storage; a restart has what was acknowledged',
  async () => {
    const path = await mkdtemp(join(tmpdir(), 'waybill-journal-failure-'));
    const clock = new ManualClock();
    let storage = await openEmbeddedStorage({ path, clock });
    for (let id = 1; id <= 3; id += 1) expect(await storage.log.append([item])).toMatchObject([{ id }]);
    breakFile(join(path, 'journal.0'));
    const unknown = { reason: 'STORAGE_UNAVAILABLE', fields: { outcome: 'unknown' } };
    await expect(storage.log.append([item])).rejects.toMatchObject(unknown);
    const stopped = { reason: 'STORAGE_UNAVAILABLE', fields: {} };
    await expect(storage.log.append([item])).rejects.toMatchObject(stopped);
    await expect(storage.log.get('a', 1)).rejects.toMatchObject(stopped);
    await expect(storage.ping()).rejects.toMatchObject(stopped);
    await storage.close();
    storage = await openEmbeddedStorage({ path, clock });
    expect((await storage.log.heads(['a']))[0]).toMatchObject({ lastId: 3 });
    expect(await storage.log.append([item])).toMatchObject([{ id: 4 }]);
    await storage.close();
    await rm(path, { recursive: true });
  },
);
