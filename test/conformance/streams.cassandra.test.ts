import { requireBackendAndTime } from '../support/backends.js';
import { cassandraHarness } from './harness/cassandra.js';
import { describeStreams } from './streams/index.js';

describeStreams(cassandraHarness(), requireBackendAndTime);
