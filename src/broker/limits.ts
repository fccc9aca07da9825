/** What the broker accepts. Every value is in the README's table of limits and in `GetServerInfo`. */
export interface BrokerLimits {
  /** Body and headers of one message together, bytes. */
  readonly maxMessageBytes: number;
  /** Names and values of one message's headers together, bytes. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Messages in one PublishBatch call or PublishStream frame. */
  readonly maxBatchMessages: number;
  /** Life of a message that names none; 0 keeps it until purged. */
  readonly defaultTtlUs: number;
  readonly maxTtlUs: number;
  /** How long an idempotency key is remembered. */
  readonly idempotencyWindowUs: number;
  readonly maxSubjectsPerSubscription: number;
  /** Subscriptions of this process. */
  readonly maxSubscriptions: number;
  /** One flush of the batching writer. */
  readonly batchMaxMessages: number;
  readonly batchMaxBytes: number;
  /** How long the first message of a batch may wait for company; 0 flushes as soon as the last flush is done. */
  readonly batchMaxDelayMs: number;
  /** Publishes accepted and not yet answered, over all callers. */
  readonly maxPendingMessages: number;
  readonly maxPendingBytes: number;
  /** Recent messages that each watched subject keeps for its live subscribers. */
  readonly feedMaxMessages: number;
  readonly feedMaxBytes: number;
  /** All feeds together: with many watched subjects each keeps less. */
  readonly feedsMaxBytes: number;
}

/** Longest idempotency key, bytes. */
export const MAX_IDEMPOTENCY_KEY_BYTES = 128;

export const DEFAULT_BROKER_LIMITS: BrokerLimits = {
  maxMessageBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 64,
  maxBatchMessages: 4096,
  defaultTtlUs: 7 * 24 * 3600 * 1_000_000,
  maxTtlUs: 10 * 365 * 24 * 3600 * 1_000_000,
  idempotencyWindowUs: 120 * 1_000_000,
  maxSubjectsPerSubscription: 64,
  maxSubscriptions: 50_000,
  batchMaxMessages: 2048,
  batchMaxBytes: 4 * 1024 * 1024,
  batchMaxDelayMs: 0,
  maxPendingMessages: 50_000,
  maxPendingBytes: 64 * 1024 * 1024,
  feedMaxMessages: 4096,
  feedMaxBytes: 1024 * 1024,
  feedsMaxBytes: 128 * 1024 * 1024,
};
