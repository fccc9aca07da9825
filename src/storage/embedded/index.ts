export { openEmbeddedStorage } from './open.js';
export type { EmbeddedOptions } from './open.js';
