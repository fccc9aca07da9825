import type { BatchInsert } from './batch-insert.js';

/** `address` is a URL, for Cassandra `host:port`. The tables begin empty. */
export async function openBatchInsert(storage: string, address: string): Promise<BatchInsert> {
  switch (storage) {
    case 'postgres': {
      const { openPostgresInsert } = await import('./postgres-insert.js');
      return openPostgresInsert(address);
    }
    case 'redis': {
      const { openRedisInsert } = await import('./redis-insert.js');
      return openRedisInsert(address);
    }
    case 'cassandra': {
      const { openCassandraInsert } = await import('./cassandra-insert.js');
      return openCassandraInsert(address);
    }
    default:
      throw new Error(`no batch insert for ${storage}`);
  }
}
