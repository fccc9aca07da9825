import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { TcpObserver } from '../tcp/tcp-observer.js';
import { SECONDS_BUCKETS } from './histogram-buckets.js';

interface OperationSeries {
  readonly observe: (seconds: number) => void;
  ok: number;
  failed: number;
}

/** Connections and requests of the TCP event bus; requests that could not be understood count as `decode_request`. */
export class TcpInstruments implements TcpObserver {
  readonly #operations = new Map<string, OperationSeries>();
  readonly #durations: Histogram<'operation'>;
  #connections = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#durations = new Histogram({
      name: 'waybill_tcp_request_duration_seconds',
      help: 'From reading a request of the TCP event bus to writing its whole answer.',
      labelNames: ['operation'],
      buckets: SECONDS_BUCKETS,
      registers,
    });
    const connections = (): number => this.#connections;
    new Gauge({
      name: 'waybill_tcp_connections',
      help: 'Open connections of the TCP event bus.',
      registers,
      collect() {
        this.set(connections());
      },
    });
    const operations = this.#operations;
    new Counter({
      name: 'waybill_tcp_requests_total',
      help: 'Answered requests of the TCP event bus, by operation and by what the answer says.',
      labelNames: ['operation', 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const [operation, { ok, failed }] of operations) {
          this.inc({ operation, outcome: 'ok' }, ok);
          this.inc({ operation, outcome: 'failed' }, failed);
        }
      },
    });
  }

  connectionOpened(): void {
    this.#connections++;
  }

  connectionClosed(): void {
    this.#connections--;
  }

  requestHandled(operation: string, outcome: 'ok' | 'failed', seconds: number): void {
    const series = this.#operations.get(operation) ?? this.#add(operation);
    series[outcome]++;
    series.observe(seconds);
  }

  #add(operation: string): OperationSeries {
    const child = this.#durations.labels({ operation });
    const series = { observe: (seconds: number) => child.observe(seconds), ok: 0, failed: 0 };
    this.#operations.set(operation, series);
    return series;
  }
}
