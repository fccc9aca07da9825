export { EventBusClient, type EventBusConnectOptions } from './event-bus-client.js';
export { EventBusError } from './event-bus-error.js';
export type { EventBusTls } from './line-connection.js';
export type {
  EventBusEvent,
  EventBusLease,
  EventBusListOptions,
  EventBusStatus,
  EventBusStream,
  EventBusTaken,
  EventBusTakeOptions,
} from './messages.js';
