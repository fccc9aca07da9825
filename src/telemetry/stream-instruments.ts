import { Counter, type Registry } from 'prom-client';
import type { StreamMetrics } from '../streams/stream-metrics.js';
import { PROCESSED, RETRY, UNPROCESSED, type EventStatus } from '../streams/streams.js';

/** What happens to the events of streams, whatever protocol it came by. */
export class StreamInstruments implements StreamMetrics {
  readonly #written: Counter;
  readonly #leased: Counter;
  readonly #marked: Readonly<Record<EventStatus, () => void>>;

  constructor(registry: Registry) {
    this.#written = new Counter({
      name: 'waybill_events_written_total',
      help: 'Events stored in streams.',
      registers: [registry],
    });
    this.#leased = new Counter({
      name: 'waybill_events_leased_total',
      help: 'Events handed out under a lease.',
      registers: [registry],
    });
    const marked = new Counter({
      name: 'waybill_events_marked_total',
      help: 'Marks of events, by the status they were given.',
      labelNames: ['status'],
      registers: [registry],
    });
    const child = (status: string): (() => void) => {
      const counter = marked.labels({ status });
      return () => counter.inc();
    };
    this.#marked = {
      [UNPROCESSED]: child('unprocessed'),
      [PROCESSED]: child('processed'),
      [RETRY]: child('retry'),
    };
  }

  eventWritten(): void {
    this.#written.inc();
  }

  eventMarked(status: EventStatus): void {
    this.#marked[status]();
  }

  eventsLeased(count: number): void {
    this.#leased.inc(count);
  }
}
