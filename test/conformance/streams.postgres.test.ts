import { postgresHarness } from './harness/postgres.js';
import { describeStreams } from './streams/index.js';

describeStreams(postgresHarness('postgres'));
