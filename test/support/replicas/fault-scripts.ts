import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { FaultLog } from './fault-log.js';
import type { ReplicaSet } from './replica-set.js';
import type { StoreUnderTest } from './store-under-test.js';

export interface FaultContext {
  readonly replicas: ReplicaSet;
  readonly store: StoreUnderTest;
  readonly random: Random;
  readonly log: FaultLog;
}

/** Does harm while the load runs; everything is up again when it resolves. */
export type FaultScript = (context: FaultContext) => Promise<void>;

export interface KillsOptions {
  readonly kills: number;
  readonly storeKills: number;
  /** Time before each kill. */
  readonly minUptimeMs: number;
  readonly maxUptimeMs: number;
}

const MAX_DOWNTIME_MS = 400;

/** kill -9 of replicas, also of such as are still starting, and of the store, in random order. */
export function killAtRandom({ kills, storeKills, minUptimeMs, maxUptimeMs }: KillsOptions): FaultScript {
  return async ({ replicas, store, random, log }) => {
    let [replicaKillsLeft, storeKillsLeft] = [kills, storeKills];
    const restarts: Promise<void>[] = [];
    while (replicaKillsLeft + storeKillsLeft > 0) {
      await Promise.race([wait(minUptimeMs + random.below(maxUptimeMs - minUptimeMs)), replicas.failed]);
      if (random.below(replicaKillsLeft + storeKillsLeft) < storeKillsLeft) {
        storeKillsLeft--;
        await store.kill(log);
        await wait(random.below(MAX_DOWNTIME_MS));
        await store.restart(log);
        continue;
      }
      const { running } = replicas;
      const victim = running[random.below(running.length)];
      if (victim === undefined) continue;
      replicaKillsLeft--;
      await replicas.kill(victim, log);
      const restart = wait(random.below(MAX_DOWNTIME_MS)).then(() => replicas.start(victim, log));
      // Its failure is that of the set, which is told at once.
      restart.catch(() => {});
      restarts.push(restart);
    }
    await Promise.race([Promise.all(restarts), replicas.failed]);
  };
}

/** SIGSTOP of the store for a while, with load before and after. */
export function pauseStore({
  pauseMs,
  aroundMs,
}: {
  readonly pauseMs: number;
  readonly aroundMs: number;
}): FaultScript {
  return async ({ store, log }) => {
    await wait(aroundMs);
    store.pause(log);
    await wait(pauseMs);
    store.resume(log);
    await wait(aroundMs);
  };
}

/** Ends the connections on which brokers are woken, again and again. */
export function cutNotifications({
  everyMs,
  forMs,
}: {
  readonly everyMs: number;
  readonly forMs: number;
}): FaultScript {
  return async ({ store, log, replicas }) => {
    for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs += everyMs) {
      await Promise.race([wait(everyMs), replicas.failed]);
      await store.cutNotifications(log);
    }
    await wait(everyMs);
  };
}

/** Swallows what wakes brokers for a while, with load before and after. */
export function swallowNotifications({
  forMs,
  aroundMs,
}: {
  readonly forMs: number;
  readonly aroundMs: number;
}): FaultScript {
  return async ({ store, log, replicas }) => {
    await Promise.race([wait(aroundMs), replicas.failed]);
    store.blackhole(true, log);
    await Promise.race([wait(forMs), replicas.failed]);
    store.blackhole(false, log);
    await wait(aroundMs);
  };
}

/** One after the other. */
export function inTurn(...scripts: readonly FaultScript[]): FaultScript {
  return async (context) => {
    for (const script of scripts) await script(context);
  };
}
