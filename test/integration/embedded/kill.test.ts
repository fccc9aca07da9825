import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import { AppenderProcess } from './child.js';

const ROUNDS = 10;

test('a killed process loses nothing that was acknowledged', async () => {
  const path = await mkdtemp(join(tmpdir(), 'waybill-kill-'));
  let lastFound = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const appender = new AppenderProcess(path);
    let acknowledged = lastFound;
    try {
      expect(await appender.line()).toBe('ready');
      for (let line = 0; line <= round * 7; line += 1) acknowledged = Number(await appender.line());
    } finally {
      await appender.kill();
    }
    for (let line = await appender.line(); line !== undefined; line = await appender.line())
      acknowledged = Number(line);

    const storage = await openEmbeddedStorage({ path, clock: systemClock });
    try {
      const [head] = await storage.log.heads(['a']);
      expect(head?.lastId).toBeGreaterThanOrEqual(acknowledged);
      for (let fromId = lastFound + 1; fromId <= (head?.lastId ?? 0);) {
        const [page] = await storage.log.read([{ subject: 'a', fromId, maxMessages: 10_000 }], 2 ** 20);
        for (const message of page?.messages ?? []) {
          expect([message.id, Buffer.from(message.body).toString()]).toEqual([fromId, String(fromId)]);
          fromId += 1;
        }
        expect(page?.nextId).toBe(fromId);
      }
      expect(acknowledged).toBeGreaterThan(lastFound);
      lastFound = head?.lastId ?? 0;
    } finally {
      await storage.close();
    }
  }
  await rm(path, { recursive: true });
}, 120_000);
