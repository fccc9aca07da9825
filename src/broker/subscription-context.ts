import type { Clock } from '../core/clock.js';
import type { Tracing } from '../core/tracing.js';
import type { MessageLog } from '../storage/storage.js';
import type { BrokerMetrics } from './broker-metrics.js';
import type { FeedHub } from './feed-hub.js';

/** What all subscriptions of a broker share. */
export interface SubscriptionContext {
  readonly log: MessageLog;
  readonly hub: FeedHub;
  readonly clock: Clock;
  readonly metrics: BrokerMetrics;
  readonly tracing: Tracing | undefined;
  readonly epoch: string;
  /** The storage's clock, which decides what has expired. */
  readonly nowUs: () => number;
  /** No other process writes to the log. */
  readonly soleWriter: boolean;
}
