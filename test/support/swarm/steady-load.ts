import { setTimeout as wait } from 'node:timers/promises';
import type { Swarm } from './swarm.js';

/** Messages of one kind that are published at a steady pace. */
export interface Flow {
  readonly perSecond: number;
  /** Subject of the flow's n-th message. */
  readonly subject: (n: number) => string;
  readonly bytes?: number;
}

const TICK_MS = 5;

/** Publishes all the flows until `stopped` says so. */
export async function publishSteadily(swarm: Swarm, flows: readonly Flow[], stopped: () => boolean): Promise<void> {
  const started = performance.now();
  const published = flows.map(() => 0);
  while (!stopped()) {
    const seconds = (performance.now() - started) / 1000;
    for (const [index, { perSecond, subject, bytes }] of flows.entries()) {
      for (; published[index]! < seconds * perSecond; published[index]!++) {
        await swarm.publish(subject(published[index]!), bytes);
      }
    }
    await wait(TICK_MS);
  }
}
