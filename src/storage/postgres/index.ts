export { openPostgresStorage } from './open.js';
export { POSTGRES_CAPABILITIES } from './postgres-storage.js';
