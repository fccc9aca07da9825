import { cassandraHarness } from './harness/cassandra.js';
import { describeStorage } from './storage/index.js';

describeStorage(cassandraHarness('cassandra41'));
