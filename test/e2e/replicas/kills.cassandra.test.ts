import { describeKills } from '../../support/replicas/replica-tests.js';

// Cassandra takes some seconds to start again: `npm run campaign:replicas` kills it more often.
describeKills('cassandra', { kills: 10, storeKills: 1 });
