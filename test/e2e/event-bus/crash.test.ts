import { requireBackend } from '../../support/backends.js';
import { BusServer } from '../../support/event-bus/bus-server.js';
import { runBusCrashes } from '../../support/event-bus/crash/bus-crash-run.js';
import type { StartBusServer } from '../../support/event-bus/crash/bus-under-test.js';
import { serviceMissing } from '../../support/services/addresses.js';

async function expectEveryAnswerKept(start: StartBusServer, kills: number): Promise<void> {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  const { problems, writes, marks, streams } = await runBusCrashes({
    start,
    kills,
    seed,
    maxUptimeMs: 1200,
    onProgress: () => {},
  });
  expect({ seed, problems: problems.slice(0, 20) }).toEqual({ seed, problems: [] });
  // Little on a busy machine, but there was load.
  expect(writes).toBeGreaterThan(kills);
  expect(marks).toBeGreaterThan(0);
  expect(streams).toBeGreaterThan(0);
}

describe('an event bus that is killed under load', () => {
  it('keeps every write and mark that was answered, in order and once, over 5 kills', async () => {
    await expectEveryAnswerKept((...flags) => BusServer.startEmbedded(...flags), 5);
  });

  for (const service of ['postgres', 'redis', 'cassandra'] as const) {
    requireBackend(service, serviceMissing(service))(`on ${service}`, () => {
      it('keeps every write and mark that was answered, in order and once, over 3 kills', async () => {
        await expectEveryAnswerKept((...flags) => BusServer.startOn(service, ...flags), 3);
      });
    });
  }
});
