export { openCassandraStorage } from './open.js';
export { CASSANDRA_CAPABILITIES } from './cassandra-storage.js';
