import { Broker } from '../../../src/broker/broker.js';
import { NO_BROKER_METRICS } from '../../../src/broker/broker-metrics.js';
import { DEFAULT_BROKER_LIMITS } from '../../../src/broker/limits.js';
import type { Clock } from '../../../src/core/clock.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import type { Storage } from '../../../src/storage/storage.js';
import { EventStreams } from '../../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../../src/streams/stream-metrics.js';
import type { EventSelection, Stream, StreamEvent } from '../../../src/streams/streams.js';

export const DAY_US = 24 * 3600 * 1_000_000;

/** One process: a broker and the streams over it. */
export class Replica {
  readonly broker: Broker;
  readonly streams: EventStreams;

  constructor(
    readonly storage: Storage,
    clock: Clock,
  ) {
    const limits = DEFAULT_BROKER_LIMITS;
    this.broker = new Broker({ storage, clock, limits, metrics: NO_BROKER_METRICS });
    this.streams = new EventStreams({
      storage,
      log: this.broker,
      clock,
      limits: { maxMessageBytes: limits.maxMessageBytes, maxTtlUs: limits.maxTtlUs, eventTtlUs: 30 * DAY_US },
      metrics: NO_STREAM_METRICS,
    });
  }

  /** Writes events with the bodies `0`, `1` … in one go, past the lookup of the stream. */
  async fill(stream: Stream, count: number): Promise<void> {
    const { subject, eventTtlUs } = stream;
    const items = Array.from({ length: count }, (_, i) => ({
      subject,
      body: Buffer.from(String(i)),
      headers: NO_HEADERS,
      ttlUs: eventTtlUs,
    }));
    await this.broker.append(items);
  }

  /** All events of a selection, over as many pages as it takes. */
  async all(stream: Stream, selection: EventSelection, limit = 1000): Promise<readonly StreamEvent[]> {
    const events: StreamEvent[] = [];
    let after: number | undefined = 0;
    let upTo: number | undefined;
    while (after !== undefined) {
      const page = await this.streams.read(stream, selection, {
        after,
        limit,
        ...(upTo === undefined ? {} : { upTo }),
      });
      events.push(...page.events);
      after = page.next;
      upTo = page.upTo;
    }
    return events;
  }

  async mark(eventId: string, status: 0 | 1 | 2, leaseId?: string): Promise<void> {
    await this.streams.mark(await this.streams.findEvent(eventId), status, { leaseId });
  }
}

export const bodies = (events: readonly StreamEvent[]): readonly string[] =>
  events.map(({ body }) => Buffer.from(body).toString());

export const idsOf = (events: readonly StreamEvent[]): readonly string[] => events.map(({ id }) => id);
