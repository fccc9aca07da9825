import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.js';
import { CASSANDRA_CAPABILITIES, openCassandraStorage } from '../../../src/storage/cassandra/index.js';
import type { CassandraConfig } from '../../../src/storage/storage-config.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import type { ServiceName } from '../../support/services/run.js';
import { OPERATION_TIMEOUT_MS } from '../storage/harness.js';
import type { StorageHarness } from '../storage/index.js';

/** Creating tables takes a second, so all namespaces of a run share a keyspace, each as a log of its own in it. */
export function cassandraHarness(service: ServiceName = 'cassandra'): StorageHarness {
  const keyspace = `conformance_${process.pid}`;
  const logs = new Map<string, number>();
  const config = (): CassandraConfig => ({
    kind: 'cassandra',
    contactPoints: [serviceAddress(service) ?? ''],
    localDatacenter: 'datacenter1',
    keyspace,
    replication: undefined,
    credentials: undefined,
    tls: false,
    caFile: undefined,
    // Longer than the shared server takes to answer when many tests ask it at once.
    timeoutMs: OPERATION_TIMEOUT_MS,
  });
  return {
    name: 'cassandra',
    backend: service,
    capabilities: CASSANDRA_CAPABILITIES,
    time: { granularityMs: 60, advance: (ms) => sleep(ms) },
    expiresByItself: true,
    unavailable: () => serviceMissing(service),
    open: (namespace) =>
      openCassandraStorage(config(), systemClock, { log: `${namespace}:${logs.get(namespace) ?? 0}` }),
    destroy: async (namespace) => void logs.set(namespace, (logs.get(namespace) ?? 0) + 1),
  };
}
