/** What the broker tells about itself; `telemetry/` implements it. Called on hot paths, once per flush or event. */
export interface BrokerMetrics {
  /** One flush of the batching writer came back. */
  flushed(messages: number, bytes: number, seconds: number): void;
  /** Messages written, and bytes of their bodies. */
  published(messages: number, bytes: number): void;
  publishFailed(reason: string, messages: number): void;
  /** Messages handed to subscribers; `source` tells whether they came from a feed's ring or were read from the log. */
  delivered(source: 'live' | 'log', messages: number): void;
  /** Time from the storage's publish time to the hand-over to subscribers, sampled once per flush. */
  deliveryLatency(seconds: number): void;
  subscriptionOpened(): void;
  subscriptionClosed(): void;
  fellBehind(): void;
  /** The storage has told of a write, by whichever process. */
  hinted(): void;
  /** A look at what other processes have written: at the subjects watched, or at those that patterns may match. */
  polled(what: 'heads' | 'subjects'): void;
  /** So many watched subjects had news of which no hint had told before the poll. */
  pollFound(subjects: number): void;
}

export const NO_BROKER_METRICS: BrokerMetrics = {
  flushed() {},
  published() {},
  publishFailed() {},
  delivered() {},
  deliveryLatency() {},
  subscriptionOpened() {},
  subscriptionClosed() {},
  fellBehind() {},
  hinted() {},
  polled() {},
  pollFound() {},
};
