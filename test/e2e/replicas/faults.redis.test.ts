import { describeFaults } from '../../support/replicas/replica-tests.js';

describeFaults('redis');
