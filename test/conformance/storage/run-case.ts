import { createHash } from 'node:crypto';
import type { Storage } from '../../../src/storage/storage.js';
import type { Clause, ClauseCase } from './clause.js';
import type { StorageHarness, StorageTime } from './harness.js';

/** Whether the driver makes the promise of this case at all. */
export function applies(harness: StorageHarness, clauseCase: ClauseCase): boolean {
  if (clauseCase.needsManualTime === true && harness.time.nowUs === undefined) return false;
  if (clauseCase.needsExpire === true && harness.expiresByItself === true) return false;
  return clauseCase.appliesTo?.(harness.capabilities) ?? true;
}

/** Once more with so much longer times, see {@link runCase}. */
const LONGER = 8;

/**
 * Runs a case in a namespace of its own, which is kept for inspection when the case fails. A case that waits for real time
 * to pass can fail because the machine was busy meanwhile: it then has to succeed with times that are eight times as long.
 */
export async function runCase(harness: StorageHarness, clause: Clause, clauseCase: ClauseCase): Promise<void> {
  const time = new ObservedTime(harness.time, 1);
  try {
    await runOnce(harness, time, clause, clauseCase);
  } catch (error) {
    if (!time.waited || harness.time.nowUs !== undefined) throw error;
    await runOnce(harness, new ObservedTime(harness.time, LONGER), clause, clauseCase);
  }
}

/** Notes whether a case has let time pass. */
class ObservedTime implements StorageTime {
  readonly granularityMs: number;
  readonly nowUs?: () => number;
  readonly #time: StorageTime;
  waited = false;

  constructor(time: StorageTime, factor: number) {
    this.#time = time;
    this.granularityMs = time.granularityMs * factor;
    if (time.nowUs !== undefined) this.nowUs = time.nowUs;
  }

  advance(ms: number): Promise<void> {
    this.waited = true;
    return this.#time.advance(ms);
  }
}

async function runOnce(
  harness: StorageHarness,
  time: StorageTime,
  clause: Clause,
  clauseCase: ClauseCase,
): Promise<void> {
  const namespace = namespaceOf(`${harness.name}/${clause}/${clauseCase.title}`);
  const otherNamespace = namespaceOf(`${harness.name}/${clause}/${clauseCase.title}/other`);
  await harness.destroy(namespace);
  await harness.destroy(otherNamespace);
  const opened: Storage[] = [];
  const open = async (name: string): Promise<Storage> => {
    const storage = await harness.open(name);
    opened.push(storage);
    return storage;
  };
  const closeAll = async (): Promise<void> => {
    for (const storage of opened.splice(0).toReversed()) await storage.close();
  };
  try {
    await clauseCase.run({
      storage: await open(namespace),
      harness,
      time,
      reopen: async () => {
        await closeAll();
        return open(namespace);
      },
      openPeer: () => open(namespace),
      openOther: () => open(otherNamespace),
    });
  } finally {
    await closeAll();
  }
  await harness.destroy(namespace);
  await harness.destroy(otherNamespace);
}

function namespaceOf(name: string): string {
  return `wb_${createHash('sha256').update(name).digest('hex').slice(0, 20)}`;
}
