export { createMemoryStorage, MEMORY_CAPABILITIES, MemoryStorage } from './memory-storage.js';
export type { MemoryStorageOptions } from './memory-storage.js';
