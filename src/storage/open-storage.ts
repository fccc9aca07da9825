import type { Clock } from '../core/clock.js';
import type { StorageConfig } from './storage-config.js';
import type { Storage } from './storage.js';

/**
 * Opens the storage that the configuration names. The only file that knows the drivers; each is loaded, with its client
 * library, only when it is used.
 *
 * @throws BrokerError STORAGE_UNAVAILABLE or DATA_LOSS; nothing stays open then
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
  }
}

/** The storage and where its data is, for people: `embedded (./data)`. */
export function storageSummary(config: StorageConfig): string {
  return config.kind === 'embedded' ? `embedded (${config.path})` : config.kind;
}
