import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../core/clock.js';
import { AuthInstruments } from './auth-instruments.js';
import { BrokerInstruments } from './broker-instruments.js';
import { GrpcInstruments } from './grpc-instruments.js';
import { LoadInstruments } from './load-instruments.js';
import { RateInstruments } from './rate-instruments.js';
import { StorageInstruments } from './storage-instruments.js';
import { StreamInstruments } from './stream-instruments.js';
import { TcpInstruments } from './tcp-instruments.js';

export interface Metrics {
  readonly auth: AuthInstruments;
  readonly broker: BrokerInstruments;
  readonly storage: StorageInstruments;
  readonly grpc: GrpcInstruments;
  readonly rates: RateInstruments;
  readonly load: LoadInstruments;
  readonly streams: StreamInstruments;
  readonly tcp: TcpInstruments;
  /** MIME type of what `render` answers. */
  readonly contentType: string;
  /** All metrics as Prometheus reads them. */
  render(): Promise<string>;
}

export interface MetricsOptions {
  readonly version: string;
  /** Name of the storage, a label of its operations. */
  readonly storage: string;
  readonly clock: Clock;
}

/**
 * All metrics, on a registry of their own. The names of our own begin with `waybill_`; those of gRPC and of the process
 * are the ones that ready-made dashboards expect, and `method_count`, `method_duration` and `active_subscribers` those
 * of the broker that `broker.proto` comes from. No label ever holds a subject or anything else that a client can choose.
 *
 * The format is the Prometheus text format: OpenMetrics would rename `method_count` to `method_count_total`.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'waybill_build_info',
    help: 'Always 1; the version of the broker is a label.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: options.version }, 1);
  return {
    auth: new AuthInstruments(registry),
    broker: new BrokerInstruments(registry),
    storage: new StorageInstruments(registry, options.storage),
    grpc: new GrpcInstruments(registry, options.clock),
    load: new LoadInstruments(registry),
    rates: new RateInstruments(registry),
    streams: new StreamInstruments(registry),
    tcp: new TcpInstruments(registry),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}
