import { BusServer } from '../../support/event-bus/bus-server.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { describeEventBus } from './suite/index.js';

describeEventBus({
  name: 'cassandra',
  unavailable: () => serviceMissing('cassandra'),
  start: () => BusServer.startOn('cassandra'),
});
