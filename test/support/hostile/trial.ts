import { setTimeout as wait } from 'node:timers/promises';
import type { Attack, AttackTarget, Outcomes } from './attack.js';
import { GoodTraffic } from './good-traffic.js';
import type { MemoryUse, Victim } from './victim.js';

/** What the attack may add to the resident memory while it goes on, and to the objects in use when it is over; MiB. */
const MAX_ADDED_RESIDENT = 100;
const MAX_ADDED_HEAP = 10;

export interface TrialOptions {
  readonly attack: Attack;
  readonly attempts: number;
  readonly victim: Victim;
  /** Where the clients connect; the victim itself when left out. */
  readonly proxyAddress?: string;
  /** How long good traffic goes on alone before the attack, for comparison. */
  readonly calmMs: number;
  /** Makes the attack; in this process by default. */
  readonly launch?: (attack: Attack, target: AttackTarget, attempts: number) => Promise<Outcomes>;
}

export interface TrialResult {
  readonly outcomes: Outcomes;
  readonly goodCalls: number;
  /** Of the publishes before and during the attack, in milliseconds. */
  readonly p99Before: number;
  readonly p99During: number;
  readonly seconds: number;
  readonly before: MemoryUse;
  readonly peakResident: number;
  readonly after: MemoryUse;
  /** What went other than it must, in words. */
  readonly violations: readonly string[];
}

/** Attacks a broker that has good clients too, and tells what became of everybody. */
export async function tryAttack(options: TrialOptions): Promise<TrialResult> {
  const { attack, attempts, victim, proxyAddress, calmMs, launch = runHere } = options;
  const address = proxyAddress ?? victim.address;
  const client = await victim.connect(address);
  const traffic = new GoodTraffic(client, `good.${attack.name}.${Date.now()}`);
  try {
    await traffic.ready();
    await wait(calmMs);
    const p99Before = traffic.takeLatencies().percentile(0.99);
    const before = await victim.memory();
    const peak = victim.watchResident();
    const startedMs = performance.now();
    const outcomes = await launch(attack, { address, localAddress: '127.0.0.66', tls: victim.tls }, attempts);
    const seconds = (performance.now() - startedMs) / 1000;
    const p99During = traffic.takeLatencies().percentile(0.99);
    const peakResident = await peak();
    await traffic.stop();
    const after = await settled(victim, before.heap + MAX_ADDED_HEAP);
    const violations = [...traffic.failures.slice(0, 5), ...unexpected(attack, outcomes, proxyAddress !== undefined)];
    if (peakResident > before.resident + (attack.maxAddedMib ?? MAX_ADDED_RESIDENT)) {
      violations.push(`resident memory grew from ${before.resident.toFixed(0)} to ${peakResident.toFixed(0)} MiB`);
    }
    if (after.heap > before.heap + MAX_ADDED_HEAP) {
      violations.push(`${(after.heap - before.heap).toFixed(1)} MiB of objects are left`);
    }
    if (victim.complaint !== undefined) violations.push(victim.complaint);
    const goodCalls = traffic.calls;
    return { outcomes, goodCalls, p99Before, p99During, seconds, before, peakResident, after, violations };
  } finally {
    client.close();
  }
}

function runHere(attack: Attack, target: AttackTarget, attempts: number): Promise<Outcomes> {
  return attack.run(target, attempts);
}

/** What is left when streams and connections that were broken have been cleared away, which takes some turns. */
async function settled(victim: Victim, enoughHeap: number): Promise<MemoryUse> {
  let memory = await victim.memory();
  for (let look = 0; look < 20 && memory.heap > enoughHeap; look++) {
    await wait(250);
    memory = await victim.memory();
  }
  return memory;
}

function unexpected(attack: Attack, outcomes: Outcomes, throughProxy: boolean): string[] {
  const expected = (throughProxy ? attack.expectedOfProxy : undefined) ?? attack.expected;
  return [...outcomes]
    .filter(([outcome]) => !expected.test(outcome))
    .map(([outcome, count]) => `${count} attempts ended with: ${outcome}`);
}
