import { Counter, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../core/clock.js';
import { SECONDS_BUCKETS } from './histogram-buckets.js';
import { SlidingSummary } from './sliding-summary.js';

/** What is known of a method; only methods that are served, never a path that a client made up. */
export interface ObservedMethod {
  /** `/waybill.v1.BrokerService/Publish` */
  readonly path: string;
  readonly service: string;
  readonly name: string;
  readonly kind: 'unary' | 'serverStream' | 'bidi';
}

/** Status codes by number, as the Go libraries spell them, because ready-made dashboards look for those. */
const CODE_NAMES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

const TYPE_NAMES = { unary: 'unary', serverStream: 'server_stream', bidi: 'bidi_stream' } as const;

/** Services whose calls also appear under the metric names of the broker that `broker.proto` comes from. */
const ORIGINAL_SERVICES = new Set(['broker.Broker', 'waybill.v1.BrokerService']);

interface MethodSeries {
  readonly labels: { readonly grpc_service: string; readonly grpc_method: string; readonly grpc_type: string };
  readonly observe: (seconds: number) => void;
  /** By status code. */
  readonly handled: number[];
  started: number;
}

/** Calls by method and status, under the names of go-grpc-prometheus and of the original broker. */
export class GrpcInstruments {
  readonly #methods = new Map<string, MethodSeries>();
  readonly #originalCounts = new Map<string, { succeeded: number; failed: number }>();
  readonly #originalDurations: SlidingSummary;
  readonly #handlingSeconds: Histogram<'grpc_service' | 'grpc_method' | 'grpc_type'>;

  constructor(registry: Registry, clock: Clock) {
    const registers = [registry];
    this.#handlingSeconds = new Histogram({
      name: 'grpc_server_handling_seconds',
      help: 'From the start of a call to its status; for streams, how long they were open.',
      labelNames: ['grpc_service', 'grpc_method', 'grpc_type'],
      buckets: SECONDS_BUCKETS,
      registers,
    });
    this.#originalDurations = new SlidingSummary({
      name: 'method_duration',
      help: 'Seconds that calls took, under the name of the original broker.',
      label: 'method',
      registry,
      clock,
    });
    this.#registerCounters(registers);
  }

  callStarted(method: ObservedMethod): void {
    this.#series(method).started++;
  }

  /** `code` is the number of a gRPC status. */
  callEnded(method: ObservedMethod, code: number, seconds: number): void {
    const series = this.#series(method);
    series.handled[code] = (series.handled[code] ?? 0) + 1;
    series.observe(seconds);
    if (!ORIGINAL_SERVICES.has(method.service)) return;
    let original = this.#originalCounts.get(method.name);
    if (original === undefined) {
      original = { succeeded: 0, failed: 0 };
      this.#originalCounts.set(method.name, original);
    }
    if (code === 0) original.succeeded++;
    else original.failed++;
    this.#originalDurations.record(method.name, seconds);
  }

  #series(method: ObservedMethod): MethodSeries {
    const known = this.#methods.get(method.path);
    if (known !== undefined) return known;
    const labels = {
      grpc_service: method.service,
      grpc_method: method.name,
      grpc_type: TYPE_NAMES[method.kind],
    };
    const child = this.#handlingSeconds.labels(labels);
    const series = { labels, observe: (seconds: number) => child.observe(seconds), handled: [], started: 0 };
    this.#methods.set(method.path, series);
    return series;
  }

  #registerCounters(registers: Registry[]): void {
    const methods = this.#methods;
    const originalCounts = this.#originalCounts;
    new Counter({
      name: 'grpc_server_started_total',
      help: 'Calls that began.',
      labelNames: ['grpc_service', 'grpc_method', 'grpc_type'],
      registers,
      collect() {
        this.reset();
        for (const { labels, started } of methods.values()) this.inc(labels, started);
      },
    });
    new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls that ended, by their status.',
      labelNames: ['grpc_service', 'grpc_method', 'grpc_type', 'grpc_code'],
      registers,
      collect() {
        this.reset();
        for (const { labels, handled } of methods.values()) {
          // A sparse array: only the codes that occurred.
          handled.forEach((calls, code) => this.inc({ ...labels, grpc_code: CODE_NAMES[code] ?? 'Unknown' }, calls));
        }
      },
    });
    new Counter({
      name: 'method_count',
      help: 'Calls by success, under the name of the original broker.',
      labelNames: ['method', 'success'],
      registers,
      collect() {
        this.reset();
        for (const [method, { succeeded, failed }] of originalCounts) {
          this.inc({ method, success: 'true' }, succeeded);
          this.inc({ method, success: 'false' }, failed);
        }
      },
    });
  }
}
