import { requireBackendAndTime } from '../backends.js';
import { FINAL_READER } from '../crash/final-read.js';
import { describeViolation, summary } from '../crash/history-figures.js';
import { cassandraMissing } from '../services/cassandra-runtime.js';
import { postgresMissing } from '../services/postgres-binaries.js';
import { redisMissing } from '../services/redis-server.js';
import { deliveryDelays } from './delivery-delays.js';
import {
  cutNotifications,
  type FaultScript,
  inTurn,
  killAtRandom,
  pauseStore,
  swallowNotifications,
} from './fault-scripts.js';
import { runReplicas, type ReplicaRunResult } from './replica-run.js';
import { type SharedStorage, StoreUnderTest } from './store-under-test.js';

const REPLICAS = 3;
/** On a machine that has better things to do. */
const TIMEOUT_MS = 900_000;
const MIN_UPTIME_MS = 300;
const MAX_UPTIME_MS = 1300;

/** Failures that are none of the faults: the broker has lost its way. */
const WRONG_FAILURES = /INTERNAL|DATA_LOSS|UNKNOWN/;

/** For `requireBackend`: why no server of the storage can be started here. */
function storeMissing(storage: SharedStorage): string | undefined {
  switch (storage) {
    case 'postgres':
      return postgresMissing(18);
    case 'redis':
      return redisMissing();
    case 'cassandra':
      return cassandraMissing('5.0');
  }
}

/** Replicas on a store of their own, through a fault, with what must be true after any of them. */
async function survive(storage: SharedStorage, faults: FaultScript, proxied = false): Promise<ReplicaRunResult> {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  const store = await StoreUnderTest.start(storage, { proxied });
  try {
    const result = await runReplicas({ store, replicas: REPLICAS, seed, faults, onFault: () => {} });
    const violations = result.violations.slice(0, 20).map(describeViolation);
    expect({ seed, violations }).toEqual({ seed, violations: [] });
    const failures = [...result.counters.failures.keys()].filter((name) => WRONG_FAILURES.test(name));
    expect({ seed, failures }).toEqual({ seed, failures: [] });
    return result;
  } finally {
    await store.stop();
  }
}

/** kill -9 of brokers and of their store, under load. */
export function describeKills(
  storage: SharedStorage,
  { kills, storeKills }: { readonly kills: number; readonly storeKills: number },
): void {
  requireBackendAndTime(storage, storeMissing(storage))(`replicas on ${storage} that are killed under load`, () => {
    it(
      `keep every promise over ${kills} kills, and ${storeKills} of the store`,
      async () => {
        const uptime = { minUptimeMs: MIN_UPTIME_MS, maxUptimeMs: MAX_UPTIME_MS };
        const { faults, history } = await survive(storage, killAtRandom({ kills, storeKills, ...uptime }));
        // Everything is killed once more at the end.
        expect(faults.count('replica killed')).toBe(kills + REPLICAS);
        expect(faults.count('store killed')).toBe(storeKills + 1);
        const acked = history.operations.filter(
          (operation) => operation.op === 'publish' && operation.outcome === 'acked',
        );
        expect(acked.length).toBeGreaterThan(kills * 20);
      },
      TIMEOUT_MS,
    );
  });
}

/** What a store or its notifications can suffer without being killed, under load, one after the other. */
export function describeFaults(storage: 'postgres' | 'redis'): void {
  requireBackendAndTime(storage, storeMissing(storage))(`replicas on ${storage} in trouble`, () => {
    it(
      'miss nothing and repeat nothing while what wakes them is cut or swallowed, and while the store is held',
      async () => {
        const faults = inTurn(
          cutNotifications({ everyMs: 3000, forMs: 9000 }),
          swallowNotifications({ forMs: 3000, aroundMs: 500 }),
          pauseStore({ pauseMs: 3000, aroundMs: 1000 }),
        );
        const { faults: log, history, deliveredMs } = await survive(storage, faults, true);
        const cuts = log.entries.filter(({ kind }) => kind === 'notifications cut');
        expect(cuts.map(({ detail }) => detail)).not.toContain('0 connections');
        for (const [client, delays] of deliveryDelays(history.operations)) {
          if (client !== FINAL_READER) process.stderr.write(`${storage}, ${client}: ${summary(delays, 1)}\n`);
        }
        process.stderr.write(
          `${storage}: everything delivered ${deliveredMs.toFixed(0)} ms after the last acknowledgement\n`,
        );
      },
      TIMEOUT_MS,
    );
  });
}
