import { describeKills } from '../../support/replicas/replica-tests.js';

describeKills('redis', { kills: 20, storeKills: 10 });
