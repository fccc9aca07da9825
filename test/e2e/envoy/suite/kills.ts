import { setTimeout as wait } from 'node:timers/promises';
import { describeViolation } from '../../../support/crash/history-figures.js';
import { EnvoyFront } from '../../../support/programs/envoy-front.js';
import type { FaultScript } from '../../../support/replicas/fault-scripts.js';
import { runReplicas } from '../../../support/replicas/replica-run.js';
import { StoreUnderTest } from '../../../support/replicas/store-under-test.js';

const REPLICAS = 2;
const KILLS = 6;
/** Longer than Envoy takes to see that a replica is back, so that calls go to the next victim too. */
const UPTIME_MS = 2500;
/** Failures that are none of the kills: the broker has lost its way. */
const WRONG_FAILURES = /INTERNAL|DATA_LOSS|UNKNOWN/;

/** Kills replicas under load, and checks what all clients saw through Envoy. */
export async function killReplicas(): Promise<void> {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  let front: EnvoyFront | undefined;
  const faults: FaultScript = async ({ replicas, random, log }) => {
    for (let kill = 0; kill < KILLS; kill++) {
      await Promise.race([front?.envoy.untilHealthy(REPLICAS), replicas.failed]);
      await wait(random.below(UPTIME_MS));
      await replicas.kill(kill % REPLICAS, log);
      await wait(random.below(UPTIME_MS));
      await replicas.start(kill % REPLICAS, log);
    }
  };
  const store = await StoreUnderTest.start('postgres');
  try {
    const result = await runReplicas({
      ...{ store, replicas: REPLICAS, seed, faults, onFault: () => {} },
      front: async (replicas) => (front = await EnvoyFront.before(replicas)),
    });
    const violations = result.violations.slice(0, 20).map(describeViolation);
    expect({ seed, violations }).toEqual({ seed, violations: [] });
    const failures = [...result.counters.failures].map(([name, count]) => `${name}: ${count}`);
    process.stderr.write(`failed calls by reason: ${failures.join(', ')}\n`);
    expect(failures.filter((name) => WRONG_FAILURES.test(name))).toEqual([]);
    const acked = result.history.operations.filter((one) => one.op === 'publish' && one.outcome === 'acked');
    process.stderr.write(`${acked.length} acknowledged messages, ${result.history.operations.length} operations\n`);
    expect(acked.length).toBeGreaterThan(KILLS * 100);
  } finally {
    await store.stop();
  }
}
