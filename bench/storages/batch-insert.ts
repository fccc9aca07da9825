/** The hand-written batch insert of one store: what somebody would write with its driver and nothing else. */
export interface BatchInsert {
  /** Writes the bodies under the next numbers of one subject and resolves when the store has acknowledged them. */
  insert(bodies: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

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
