import { createHash } from 'node:crypto';
import type { Storage } from '../../../src/storage/storage.js';
import type { Clause, ClauseCase } from './clause.js';
import type { StorageHarness } from './harness.js';
import { withEnoughTime } from './observed-time.js';

/** Whether the driver makes the promise of this case at all. */
export function applies(harness: StorageHarness, clauseCase: ClauseCase): boolean {
  if (clauseCase.needsManualTime === true && harness.time.nowUs === undefined) return false;
  if (clauseCase.needsExpire === true && harness.expiresByItself === true) return false;
  return clauseCase.appliesTo?.(harness.capabilities) ?? true;
}

/** Runs a case in a namespace of its own, which is kept for inspection when the case fails. */
export function runCase(harness: StorageHarness, clause: Clause, clauseCase: ClauseCase): Promise<void> {
  return withEnoughTime(harness, (timed) => runOnce(timed, clause, clauseCase));
}

async function runOnce(harness: StorageHarness, clause: Clause, clauseCase: ClauseCase): Promise<void> {
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
      time: harness.time,
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
