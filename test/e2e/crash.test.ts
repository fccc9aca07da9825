import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRequired, requireBackend, requireBackendAndTime } from '../support/backends.js';
import { embeddedFlags } from '../support/crash/broker-under-test.js';
import { runCrashes } from '../support/crash/crash-run.js';
import { serviceMissing } from '../support/services/addresses.js';
import { createNamespace, type StorageNamespace } from '../support/services/storage-namespace.js';

async function createFolder(): Promise<StorageNamespace> {
  const path = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
  return { flags: embeddedFlags(path), remove: () => rm(path, { recursive: true }) };
}

async function expectEveryPromiseKept(storage: StorageNamespace, kills: number, storedCount: number): Promise<void> {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  try {
    const { violations, history, starts, killsDuringStart, storedMessages } = await runCrashes({
      storageFlags: storage.flags,
      kills,
      seed,
      storedMessages: storedCount,
      maxUptimeMs: 1200,
      onProgress: () => {},
    });
    expect({ seed, violations: violations.slice(0, 20) }).toEqual({ seed, violations: [] });
    expect(storedMessages).toBe(storedCount);
    // The first start and the one before the final read are not after a kill of the load.
    expect(starts.length + killsDuringStart).toBe(kills + 2);
    // Little on a busy machine, but there was load.
    expect(history.operations.filter(({ op }) => op === 'publish').length).toBeGreaterThan(kills * 5);
  } finally {
    await storage.remove();
  }
}

describe('a broker that is killed under load', () => {
  const kills = isRequired('long') ? 10 : 4;
  it(`keeps every promise over ${kills} kills`, async () => {
    await expectEveryPromiseKept(await createFolder(), kills, 20_000);
  });

  for (const service of ['postgres', 'redis', 'cassandra'] as const) {
    const required = service === 'cassandra' ? requireBackendAndTime : requireBackend;
    required(service, serviceMissing(service))(`on ${service}`, () => {
      it('keeps every promise over 3 kills', async () => {
        await expectEveryPromiseKept(createNamespace(service), 3, 2000);
      });
    });
  }
});
