import { Broker } from '../../src/broker/broker.js';
import { NO_BROKER_METRICS, type BrokerMetrics } from '../../src/broker/broker-metrics.js';
import { DEFAULT_BROKER_LIMITS, type BrokerLimits } from '../../src/broker/limits.js';
import type { SubscribeRequest } from '../../src/broker/requests.js';
import { NO_HEADERS } from '../../src/core/message.js';
import type { Tracing } from '../../src/core/tracing.js';
import { createMemoryStorage } from '../../src/storage/memory/index.js';
import type { Storage } from '../../src/storage/storage.js';
import { CollectingSubscriber } from './collecting-subscriber.js';
import { ManualClock } from './manual-clock.js';

/** A broker on memory storage, its own unless another one is given, with a clock that a test moves. */
export class MemoryBroker {
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly broker: Broker;

  constructor(
    limits: Partial<BrokerLimits> = {},
    given: {
      readonly clock?: ManualClock;
      readonly storage?: Storage;
      readonly metrics?: BrokerMetrics;
      readonly tracing?: Tracing;
    } = {},
  ) {
    this.clock = given.clock ?? new ManualClock();
    this.storage = given.storage ?? createMemoryStorage({ clock: this.clock });
    this.broker = new Broker({
      storage: this.storage,
      clock: this.clock,
      limits: { ...DEFAULT_BROKER_LIMITS, ...limits },
      metrics: given.metrics ?? NO_BROKER_METRICS,
      tracing: given.tracing,
    });
  }

  async publish(subject: string, ...bodies: string[]): Promise<number[]> {
    const results = await this.broker.publishMany(
      bodies.map((body) => ({ subject, body: Buffer.from(body), headers: NO_HEADERS })),
    );
    return results.map((result) => {
      if (!('id' in result)) throw result;
      return result.id;
    });
  }

  /** Publishes messages that only those who are subscribed get. */
  async tell(subject: string, ...bodies: string[]): Promise<number[]> {
    const results = await this.broker.publishMany(
      bodies.map((body) => ({ subject, body: Buffer.from(body), headers: NO_HEADERS, fireAndForget: true })),
    );
    return results.map((result) => {
      if (!('id' in result)) throw result;
      return result.id;
    });
  }

  subscribe(request: Partial<SubscribeRequest> & { subjects: readonly string[] }, room?: number): CollectingSubscriber {
    const subscriber = new CollectingSubscriber(room);
    subscriber.subscription = this.broker.subscribe(
      {
        patterns: true,
        start: { kind: 'new' },
        skipTruncated: false,
        stopAtHead: false,
        maxMessages: 0,
        ...request,
      },
      subscriber,
    );
    return subscriber;
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.storage.close();
  }
}
