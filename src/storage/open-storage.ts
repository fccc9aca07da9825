import type { Clock } from '../core/clock.js';
import type { StorageConfig } from './storage-config.js';
import type { Storage } from './storage.js';

/**
 * Opens the storage that the configuration names. The only file that knows the drivers; each is loaded, with its client
 * library, only when it is used.
 *
 * @throws BrokerError STORAGE_UNAVAILABLE when it cannot be reached or used now, STORAGE_MISCONFIGURED when it never will
 *   be like this, DATA_LOSS; nothing stays open then
 */
export async function openStorage(config: StorageConfig, clock: Clock): Promise<Storage> {
  switch (config.kind) {
    case 'memory': {
      const { createMemoryStorage } = await import('./memory/index.js');
      return createMemoryStorage({ ...config, clock });
    }
    case 'embedded': {
      const { openEmbeddedStorage } = await import('./embedded/index.js');
      return openEmbeddedStorage({ path: config.path, clock });
    }
    case 'redis': {
      const { openRedisStorage } = await import('./redis/index.js');
      return openRedisStorage(config, clock);
    }
    case 'postgres': {
      const { openPostgresStorage } = await import('./postgres/index.js');
      return openPostgresStorage(config, clock);
    }
    case 'cassandra': {
      const { openCassandraStorage } = await import('./cassandra/index.js');
      return openCassandraStorage(config, clock);
    }
  }
}

/** The storage and where its data is, for people and without secrets: `embedded (./data)`. */
export function storageSummary(config: StorageConfig): string {
  switch (config.kind) {
    case 'memory':
      return 'memory';
    case 'embedded':
      return `embedded (${config.path})`;
    case 'postgres': {
      const { host, pathname } = new URL(config.url);
      return `postgres (${host}${pathname}, schema ${config.schema})`;
    }
    case 'cassandra':
      return `cassandra (${config.contactPoints.join(', ')}, keyspace ${config.keyspace})`;
    case 'redis':
      return `redis (${new URL(config.url).host}, prefix ${config.prefix})`;
  }
}
