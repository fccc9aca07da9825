import { createMemoryStorage, MEMORY_CAPABILITIES } from '../../../src/storage/memory/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { manualTime, type StorageHarness } from '../storage/index.js';

export function memoryHarness(): StorageHarness {
  const clock = new ManualClock();
  return {
    name: 'memory',
    capabilities: MEMORY_CAPABILITIES,
    time: manualTime(clock),
    unavailable: () => undefined,
    open: async () => createMemoryStorage({ clock }),
    destroy: async () => undefined,
  };
}
