import { InstrumentedStorage } from '../../src/storage/instrumented-storage.js';
import { createMemoryStorage, MEMORY_CAPABILITIES } from '../../src/storage/memory/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { describeStorage, manualTime } from './storage/index.js';

const clock = new ManualClock();

describeStorage({
  name: 'memory',
  capabilities: MEMORY_CAPABILITIES,
  time: manualTime(clock),
  unavailable: () => undefined,
  open: async () =>
    new InstrumentedStorage({ storage: createMemoryStorage({ clock }), clock, metrics: { storageOperation() {} } }),
  destroy: async () => undefined,
});
