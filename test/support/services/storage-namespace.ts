import { serviceAddress } from './addresses.js';
import { removeKeys, removeKeyspace, removeSchema } from './remove-data.js';
import type { ServiceName } from './run.js';

/** A part of a shared server that only one broker, or the replicas of one, use. */
export interface StorageNamespace {
  /** Of `waybill serve`. */
  readonly flags: readonly string[];
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

let namespaces = 0;

/** One that nobody has used. Starts the server when nobody has asked for it before. */
export function createNamespace(service: ServiceName): StorageNamespace {
  const address = serviceAddress(service);
  if (address === undefined) throw new Error(`${service} is not available`);
  const name = `test_${process.pid}_${Date.now().toString(36)}_${++namespaces}`;
  switch (service) {
    case 'postgres':
    case 'postgres15':
      return {
        flags: ['--storage', 'postgres', '--postgres-url', address, '--postgres-schema', name],
        remove: () => removeSchema(address, name),
      };
    case 'redis':
      return {
        flags: ['--storage', 'redis', '--redis-url', address, '--redis-prefix', name],
        remove: () => removeKeys(address, name),
      };
    case 'cassandra':
    case 'cassandra41':
      return {
        flags: [
          ...['--storage', 'cassandra', '--cassandra-contact-points', address, '--cassandra-keyspace', name],
          // Longer than the shared server takes to answer when many tests ask it at once.
          ...['--storage-timeout', '30s'],
        ],
        remove: () => removeKeyspace(address, name),
      };
  }
}
