import { BusServer } from '../../support/event-bus/bus-server.js';
import { describeEventBus } from './suite/index.js';

describeEventBus({ name: 'memory', start: () => BusServer.start('--storage', 'memory') });
