import { getHeapStatistics } from 'node:v8';
import { totalmem } from 'node:os';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What a broker holds now, and the most that it may hold. */
export interface BrokerLoad {
  readonly pendingMessages: number;
  readonly pendingBytes: number;
  readonly feeds: number;
  readonly limits: {
    readonly maxPendingMessages: number;
    readonly maxPendingBytes: number;
    readonly maxSubscriptions: number;
  };
}

/** The same of a server of connections. */
export interface ServerLoad {
  readonly connections: number;
  /** 0 is no limit. */
  readonly maxConnections: number;
  /** Since it was started. */
  readonly refusedConnections: number;
  /** When the first certificate of its chain expires, milliseconds since 1970; undefined without TLS. */
  readonly certificateExpiresMs: number | undefined;
}

/**
 * What is in use now and how much of it there may be, so that alerts can tell a full queue from a busy one without
 * knowing the configuration. Everything is read when somebody asks.
 */
export class LoadInstruments {
  readonly #servers = new Map<'grpc' | 'tcp', ServerLoad>();
  #broker: BrokerLoad | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    const limits = () => this.#broker?.limits;
    const server = (protocol: 'grpc' | 'tcp') => this.#servers.get(protocol);
    gauge(
      'waybill_pending_messages',
      'Messages that were accepted and are not yet answered.',
      () => this.#broker?.pendingMessages ?? 0,
    );
    gauge('waybill_pending_bytes', 'Bytes of those messages.', () => this.#broker?.pendingBytes ?? 0);
    gauge(
      'waybill_max_pending_messages',
      'Most messages that may be pending.',
      () => limits()?.maxPendingMessages ?? 0,
    );
    gauge('waybill_max_pending_bytes', 'Most bytes that may be pending.', () => limits()?.maxPendingBytes ?? 0);
    gauge('waybill_feeds', 'Subjects that subscribers watch live.', () => this.#broker?.feeds ?? 0);
    gauge('waybill_max_subscriptions', 'Most subscriptions of this process.', () => limits()?.maxSubscriptions ?? 0);
    gauge('waybill_grpc_connections', 'Open connections of gRPC.', () => server('grpc')?.connections ?? 0);
    gauge(
      'waybill_max_grpc_connections',
      'Most connections of gRPC; 0 is no limit.',
      () => server('grpc')?.maxConnections ?? 0,
    );
    gauge(
      'waybill_max_tcp_connections',
      'Most connections of the TCP event bus; 0 while it is off.',
      () => server('tcp')?.maxConnections ?? 0,
    );
    this.#registerPerServer(registers);
    // Zero or an absurd number where no control group limits the process.
    const constrained = process.constrainedMemory();
    const memory = constrained > 0 && constrained < totalmem() ? constrained : totalmem();
    gauge('waybill_memory_limit_bytes', 'Memory that the process may use: of its container or machine.', () => memory);
    gauge('waybill_heap_limit_bytes', 'Largest heap before Node ends the process.', heapLimit);
  }

  watchBroker(broker: BrokerLoad): void {
    this.#broker = broker;
  }

  watchServer(protocol: 'grpc' | 'tcp', server: ServerLoad): void {
    this.#servers.set(protocol, server);
  }

  #registerPerServer(registers: Registry[]): void {
    const servers = this.#servers;
    new Counter({
      name: 'waybill_connections_refused_total',
      help: 'Connections closed at once, because there were too many in all or from one address.',
      labelNames: ['protocol'],
      registers,
      collect() {
        this.reset();
        for (const [protocol, { refusedConnections }] of servers) this.inc({ protocol }, refusedConnections);
      },
    });
    new Gauge({
      name: 'waybill_tls_certificate_expiry_timestamp_seconds',
      help: 'When the first certificate of the chain in use expires; absent without TLS.',
      labelNames: ['protocol'],
      registers,
      collect() {
        for (const [protocol, { certificateExpiresMs }] of servers) {
          if (certificateExpiresMs !== undefined) this.set({ protocol }, certificateExpiresMs / 1000);
        }
      },
    });
  }
}

function heapLimit(): number {
  return getHeapStatistics().heap_size_limit;
}
