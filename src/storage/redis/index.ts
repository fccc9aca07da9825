export { openRedisStorage } from './open.js';
