export { connect, type ConnectOptions } from './connect.js';
export type { ClientCredentials } from './client-credentials.js';
export { WaybillClient, type HealthStatus } from './waybill-client.js';
export { WaybillError, type WaybillErrorReason } from './waybill-error.js';
export type { CallOptions } from './call-options.js';
export { messageContext, processMessage } from './message-context.js';
export type { OutgoingMessage, Published, ReceivedMessage } from './messages.js';
export type { ListPage, ListRequest } from './list-request.js';
export { PublishStream } from './publish-stream.js';
export type { AckedFrame } from './wire/publish-decoder.js';
export type { SubscribeFrom, SubscribeRequest } from './subscribe-request.js';
export { Subscription, type Reconnecting, type SubscribeOptions, type SubscriptionEvent } from './subscription.js';
export type { SubscriptionFrame } from './wire/subscribe-decoder.js';
export type { BackoffOptions } from './backoff.js';
export type { AdminClient, PurgeBefore, PurgeResult, ServerInfo, SubjectPage, SubjectSummary } from './admin.js';
export type { AllEventsRequest, EventsRequest, StreamsClient, TakeEventsRequest } from './streams.js';
export type {
  EventLease,
  EventPage,
  EventStatus,
  EventStream,
  StoredEvent,
  StoredEventStatus,
  StreamPage,
  TakenEvents,
  WrittenEvent,
} from './stream-messages.js';
export * from './event-bus/index.js';
