import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { manualTime, type StorageHarness } from '../storage/index.js';

/** One folder per namespace; the process's id keeps parallel runs apart. */
const folder = (namespace: string): string => join(tmpdir(), `waybill-conformance-${process.pid}-${namespace}`);

export function embeddedHarness(): StorageHarness {
  const clock = new ManualClock();
  return {
    name: 'embedded',
    capabilities: {
      durability: 'machine',
      atomicAcrossSubjects: true,
      shared: false,
      remoteHints: false,
      totalOrder: true,
    },
    time: manualTime(clock),
    unavailable: () => undefined,
    open: (namespace) => openEmbeddedStorage({ path: folder(namespace), clock }),
    destroy: (namespace) => rm(folder(namespace), { recursive: true, force: true }),
  };
}
