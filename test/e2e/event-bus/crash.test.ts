import { runBusCrashes } from '../../support/event-bus/crash/bus-crash-run.js';

const KILLS = 5;

it(`keeps every write and mark that was answered, in order and once, over ${KILLS} kills`, async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  const { problems, writes, marks, streams } = await runBusCrashes({
    kills: KILLS,
    seed,
    maxUptimeMs: 1200,
    onProgress: () => {},
  });
  expect({ seed, problems: problems.slice(0, 20) }).toEqual({ seed, problems: [] });
  expect(writes).toBeGreaterThan(KILLS * 50);
  expect(marks).toBeGreaterThan(KILLS * 10);
  expect(streams).toBeGreaterThan(KILLS);
});
