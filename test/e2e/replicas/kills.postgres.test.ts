import { describeKills } from '../../support/replicas/replica-tests.js';

describeKills('postgres', { kills: 20, storeKills: 10 });
