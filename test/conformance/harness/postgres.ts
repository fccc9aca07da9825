import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.js';
import { openPostgresStorage } from '../../../src/storage/postgres/index.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { removeSchema } from '../../support/services/remove-data.js';
import { OPERATION_TIMEOUT_MS } from '../storage/harness.js';
import type { StorageHarness } from '../storage/index.js';

/** Long enough that a busy machine reads a message before it has expired. */
const GRANULARITY_MS = 25;

/** One schema per namespace; the process's id keeps parallel runs apart. */
const schemaOf = (namespace: string): string => `conformance_${process.pid}_${namespace}`;

/** On the server of one release that all tests share. */
export function postgresHarness(service: 'postgres' | 'postgres15'): StorageHarness {
  const url = (): string => serviceAddress(service) ?? '';
  return {
    name: 'postgres',
    backend: service,
    capabilities: {
      durability: 'machine',
      atomicAcrossSubjects: true,
      shared: true,
      remoteHints: true,
      totalOrder: false,
    },
    time: { granularityMs: GRANULARITY_MS, advance: (ms) => sleep(ms + 1) },
    unavailable: () => serviceMissing(service),
    open: (namespace) =>
      openPostgresStorage(
        {
          kind: 'postgres',
          url: url(),
          listenUrl: undefined,
          schema: schemaOf(namespace),
          caFile: undefined,
          poolSize: 4,
          preparedStatements: true,
          timeoutMs: OPERATION_TIMEOUT_MS,
        },
        systemClock,
      ),
    destroy: (namespace) => removeSchema(url(), schemaOf(namespace)),
  };
}
