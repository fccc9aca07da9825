import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BrokerMetrics } from '../broker/broker-metrics.js';
import type { ErrorReason } from '../core/errors.js';
import { BYTES_BUCKETS, MESSAGES_BUCKETS, SECONDS_BUCKETS } from './histogram-buckets.js';

/** Alerts on the rate of these need to see the first one too. */
const FAULTS_OF_THE_BROKER: readonly ErrorReason[] = [
  'WRITER_QUEUE_FULL',
  'STORAGE_FULL',
  'STORAGE_UNAVAILABLE',
  'STORAGE_MISCONFIGURED',
  'DEADLINE_EXCEEDED',
  'DATA_LOSS',
  'INTERNAL',
];

/**
 * What the broker tells about itself. What is counted per message or per stream is a plain number that is turned into a
 * metric when somebody asks: an increment of a prom-client counter costs 50 to 100 ns, which fan-out would feel.
 */
export class BrokerInstruments implements BrokerMetrics {
  #published = 0;
  #publishedBytes = 0;
  #deliveredLive = 0;
  #deliveredFromLog = 0;
  #fellBehind = 0;
  #hints = 0;
  #pollFinds = 0;
  readonly #polls = { heads: 0, subjects: 0 };
  #activeSubscribers = 0;
  readonly #failures = new Map<string, number>(FAULTS_OF_THE_BROKER.map((reason) => [reason, 0]));
  readonly #latency: Histogram;
  readonly #batchMessages: Histogram;
  readonly #batchBytes: Histogram;
  readonly #flushSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string, read: () => number) =>
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    counter('waybill_messages_published_total', 'Messages written to the storage.', () => this.#published);
    counter(
      'waybill_published_bytes_total',
      'Bytes of published messages, bodies and headers.',
      () => this.#publishedBytes,
    );
    counter(
      'waybill_fell_behind_total',
      'Times that a subscriber was too slow for live delivery and went on from the log.',
      () => this.#fellBehind,
    );
    counter(
      'waybill_storage_hints_total',
      'Notifications of the storage that something was written, by this process or another.',
      () => this.#hints,
    );
    counter(
      'waybill_storage_poll_finds_total',
      'Watched subjects of which a poll told news before any hint did.',
      () => this.#pollFinds,
    );
    this.#registerLabelled(registers);
    for (const name of ['waybill_active_subscribers', 'active_subscribers']) {
      const read = () => this.#activeSubscribers;
      new Gauge({
        name,
        help: 'Open subscriptions of this process.',
        registers,
        collect() {
          this.set(read());
        },
      });
    }
    this.#latency = new Histogram({
      name: 'waybill_delivery_latency_seconds',
      help: 'From the time of publishing to the hand-over to the subscribers, once per flush.',
      buckets: SECONDS_BUCKETS,
      registers,
    });
    this.#batchMessages = new Histogram({
      name: 'waybill_batch_messages',
      help: 'Messages of one flush of the batching writer.',
      buckets: MESSAGES_BUCKETS,
      registers,
    });
    this.#batchBytes = new Histogram({
      name: 'waybill_batch_bytes',
      help: 'Bytes of one flush of the batching writer.',
      buckets: BYTES_BUCKETS,
      registers,
    });
    this.#flushSeconds = new Histogram({
      name: 'waybill_flush_duration_seconds',
      help: 'From handing a batch to the storage until it was durable.',
      buckets: SECONDS_BUCKETS,
      registers,
    });
  }

  flushed(messages: number, bytes: number, seconds: number): void {
    this.#batchMessages.observe(messages);
    this.#batchBytes.observe(bytes);
    this.#flushSeconds.observe(seconds);
  }

  published(messages: number, bytes: number): void {
    this.#published += messages;
    this.#publishedBytes += bytes;
  }

  publishFailed(reason: string, messages: number): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + messages);
  }

  delivered(source: 'live' | 'log', messages: number): void {
    if (source === 'live') this.#deliveredLive += messages;
    else this.#deliveredFromLog += messages;
  }

  deliveryLatency(seconds: number): void {
    // The storage's clock may run ahead of the one that took the later time.
    this.#latency.observe(Math.max(seconds, 0));
  }

  subscriptionOpened(): void {
    this.#activeSubscribers++;
  }

  subscriptionClosed(): void {
    this.#activeSubscribers--;
  }

  fellBehind(): void {
    this.#fellBehind++;
  }

  hinted(): void {
    this.#hints++;
  }

  polled(what: 'heads' | 'subjects'): void {
    this.#polls[what]++;
  }

  pollFound(subjects: number): void {
    this.#pollFinds += subjects;
  }

  #registerLabelled(registers: Registry[]): void {
    const failures = this.#failures;
    new Counter({
      name: 'waybill_publish_failures_total',
      help: 'Messages that were refused or could not be written, by the reason of the error.',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, messages] of failures) this.inc({ reason }, messages);
      },
    });
    const polls = this.#polls;
    new Counter({
      name: 'waybill_storage_polls_total',
      help: 'Looks for what other processes have written, at watched subjects (heads) or below watched patterns (subjects).',
      labelNames: ['what'],
      registers,
      collect() {
        this.reset();
        this.inc({ what: 'heads' }, polls.heads);
        this.inc({ what: 'subjects' }, polls.subjects);
      },
    });
    const read = () => ({ live: this.#deliveredLive, log: this.#deliveredFromLog });
    new Counter({
      name: 'waybill_messages_delivered_total',
      help: 'Messages handed to subscribers, live or read from the log.',
      labelNames: ['source'],
      registers,
      collect() {
        this.reset();
        const { live, log } = read();
        this.inc({ source: 'live' }, live);
        this.inc({ source: 'log' }, log);
      },
    });
  }
}
