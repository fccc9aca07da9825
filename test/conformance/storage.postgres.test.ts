import { postgresHarness } from './harness/postgres.js';
import { describeStorage } from './storage/index.js';

describeStorage(postgresHarness('postgres'));
