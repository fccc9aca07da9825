import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCrashes } from '../support/crash/crash-run.js';

const KILLS = 10;
const STORED_MESSAGES = 20_000;

describe('a broker that is killed under load', () => {
  it(`keeps every promise over ${KILLS} kills`, async () => {
    const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    process.stderr.write(`CRASH_SEED=${seed}\n`);
    const path = await mkdtemp(join(tmpdir(), 'waybill-crash-'));
    try {
      const { violations, history, starts, killsDuringStart, storedMessages } = await runCrashes({
        path,
        kills: KILLS,
        seed,
        storedMessages: STORED_MESSAGES,
        maxUptimeMs: 1200,
        onProgress: () => {},
      });
      expect({ seed, violations: violations.slice(0, 20) }).toEqual({ seed, violations: [] });
      expect(storedMessages).toBe(STORED_MESSAGES);
      // The first start and the one before the final read are not after a kill of the load.
      expect(starts.length + killsDuringStart).toBe(KILLS + 2);
      expect(history.operations.filter(({ op }) => op === 'publish').length).toBeGreaterThan(KILLS * 50);
    } finally {
      await rm(path, { recursive: true });
    }
  }, 120_000);
});
