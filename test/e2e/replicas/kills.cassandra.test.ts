import { describeKills } from '../../support/replicas/replica-tests.js';

describeKills('cassandra', { kills: 20, storeKills: 10 });
