import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.js';
import { openRedisStorage } from '../../../src/storage/redis/index.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { removeKeys } from '../../support/services/remove-data.js';
import { OPERATION_TIMEOUT_MS } from '../storage/harness.js';
import type { StorageHarness } from '../storage/index.js';

/** Long enough that a busy machine reads a message before it has expired. */
const GRANULARITY_MS = 25;

/** One prefix per namespace; the process's id keeps parallel runs apart. */
const prefixOf = (namespace: string): string => `conformance-${process.pid}-${namespace}`;

/** On the server that all tests share, which writes everything through to its disk. */
export function redisHarness(): StorageHarness {
  const url = (): string => serviceAddress('redis') ?? '';
  return {
    name: 'redis',
    capabilities: {
      durability: 'machine',
      atomicAcrossSubjects: false,
      shared: true,
      remoteHints: true,
      totalOrder: false,
    },
    time: { granularityMs: GRANULARITY_MS, advance: (ms) => sleep(ms + 1) },
    unavailable: () => serviceMissing('redis'),
    open: (namespace) =>
      openRedisStorage(
        {
          kind: 'redis',
          url: url(),
          cluster: false,
          prefix: prefixOf(namespace),
          caFile: undefined,
          timeoutMs: OPERATION_TIMEOUT_MS,
        },
        systemClock,
      ),
    destroy: (namespace) => removeKeys(url(), prefixOf(namespace)),
  };
}
