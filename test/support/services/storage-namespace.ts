import { createClient } from '@redis/client';
import { Client as CassandraClient } from 'cassandra-driver';
import { Client as PostgresClient } from 'pg';
import { serviceAddress } from './addresses.js';
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
        flags: ['--storage', 'cassandra', '--cassandra-contact-points', address, '--cassandra-keyspace', name],
        remove: () => removeKeyspace(address, name),
      };
  }
}

export async function removeSchema(url: string, schema: string): Promise<void> {
  const client = new PostgresClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  } finally {
    await client.end();
  }
}

/** Every key whose first part is the prefix. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = await createClient({ url }).connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  } finally {
    client.destroy();
  }
}

export async function removeKeyspace(contactPoint: string, keyspace: string): Promise<void> {
  const client = new CassandraClient({ contactPoints: [contactPoint], localDataCenter: 'datacenter1' });
  try {
    await client.execute(`DROP KEYSPACE IF EXISTS "${keyspace}"`);
  } finally {
    await client.shutdown();
  }
}
