import { BusServer } from '../../support/event-bus/bus-server.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { describeEventBus } from './suite/index.js';

describeEventBus({
  name: 'redis',
  unavailable: () => serviceMissing('redis'),
  start: () => BusServer.startOn('redis'),
});
