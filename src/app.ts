import type { AuthObserver } from './auth/authenticator.js';
import { ClientRegistry } from './auth/client-registry.js';
import { Broker } from './broker/broker.js';
import { ExpiryLoop } from './broker/expiry-loop.js';
import { formatAddress } from './config/address.js';
import type { Config, TlsConfig } from './config/config.js';
import { systemClock, type Clock } from './core/clock.js';
import type { Running } from './core/lifecycle.js';
import type { Logger } from './core/logger.js';
import { StopSequence } from './core/stop-sequence.js';
import { VERSION } from './core/version.js';
import { GrpcServer, type TlsOptions } from './grpc/server.js';
import { GrpcServices } from './grpc/services.js';
import { PublishLimiter, type RateObserver } from './rate-limits/publish-limiter.js';
import { awaitStorage } from './storage/await-storage.js';
import { InstrumentedStorage } from './storage/instrumented-storage.js';
import { openStorage, storageSummary } from './storage/open-storage.js';
import type { Storage } from './storage/storage.js';
import { EventStreams } from './streams/event-streams.js';
import { RemovalLoop } from './streams/removal-loop.js';
import { TcpServer } from './tcp/server.js';
import { AdminServer } from './telemetry/admin-server.js';
import { createLogger } from './telemetry/logger.js';
import { createMetrics } from './telemetry/metrics.js';
import { Readiness } from './telemetry/readiness.js';
import { StorageMonitor } from './telemetry/storage-monitor.js';
import type { OpenTelemetryTracing } from './telemetry/tracing.js';

/** A server that is ready. */
export interface App extends Running {
  /** With the real ports where the configuration had 0. */
  readonly addresses: {
    readonly grpc: string;
    readonly admin: string | undefined;
    readonly tcp: string | undefined;
  };
  /** One line for people: version, addresses and storage. */
  readonly summary: string;
  readonly logger: Logger;
  /**
   * Not ready any more; after the drain delay subscribers drained, open calls answered, everything accepted written,
   * traces exported. Rejects when a part did not stop cleanly or in time. Idempotent.
   */
  stop(): Promise<void>;
}

/** Of the time for stopping: for calls that are still open, and for exporting traces. */
const CALLS_SHARE = 0.5;
const TRACES_SHARE = 0.2;

export interface AppOptions {
  readonly clock?: Clock;
  /** Gives up a start that waits for its storage. */
  readonly signal?: AbortSignal;
}

/**
 * Puts the modules together and starts them. What has been started is stopped again when a later part cannot start. A
 * storage on the network that cannot be reached is waited for, live and not ready.
 *
 * @throws BrokerError or Error whose message tells in one line what could not be started; CANCELLED when `signal` came
 *   first
 */
export async function createApp(config: Config, { clock = systemClock, signal }: AppOptions = {}): Promise<App> {
  const parts = new StopSequence(clock, config.shutdownTimeoutMs);
  try {
    return await startApp(config, clock, signal, parts);
  } catch (error) {
    await parts.stop().catch(() => {});
    throw error;
  }
}

async function startApp(
  config: Config,
  clock: Clock,
  signal: AbortSignal | undefined,
  parts: StopSequence,
): Promise<App> {
  let tracing: OpenTelemetryTracing | undefined = undefined;
  const logger = createLogger({
    level: config.log.level,
    ...(config.tracing.exporter === 'none' ? {} : { tracing: { activeIds: () => tracing?.activeIds() } }),
  });
  const metrics = createMetrics({ version: VERSION, storage: config.storage.kind, clock });
  let onReady = (_ready: boolean): void => {};
  const readiness = new Readiness((ready) => onReady(ready));

  // First, so that probes get an answer while the storage is being recovered or waited for.
  let admin: AdminServer | undefined;
  if (config.admin.address !== undefined) {
    admin = await AdminServer.listen({
      address: config.admin.address,
      metrics: config.admin.metrics ? metrics : undefined,
      readiness,
      logger,
    });
    parts.add('admin server', admin);
  }

  tracing = await openTracing(config, logger, clock);
  if (tracing !== undefined) parts.add('tracing', tracing);

  const driver = await open(config.storage, { clock, logger, signal, readiness });
  parts.add('storage', { stop: () => driver.close() });
  for (const warning of driver.warnings ?? []) logger.warn({ storage: driver.name }, warning);
  const storage = new InstrumentedStorage({ storage: driver, clock, metrics: metrics.storage, tracing });
  metrics.storage.available(true);
  const monitor = StorageMonitor.start({
    clock,
    logger,
    ping: () => storage.ping(),
    onChange: (failure) => {
      readiness.storage(failure);
      metrics.storage.available(failure === undefined);
    },
  });
  parts.add('storage monitor', monitor);

  const broker = new Broker({
    storage,
    clock,
    limits: config.limits,
    metrics: metrics.broker,
    tracing,
    pollIntervalMs: config.pollIntervalMs,
  });
  metrics.load.watchBroker(broker);
  parts.add('broker', { stop: () => broker.close() });
  parts.add('expiry', ExpiryLoop.start({ log: storage.log, clock, logger }));

  const streams = new EventStreams({
    storage,
    log: broker,
    clock,
    limits: { ...config.limits, eventTtlUs: config.streams.eventTtlUs },
    metrics: metrics.streams,
  });
  parts.add('removal of streams', RemovalLoop.start({ streams, clock, logger }));

  const clients = await openClients(config, metrics.auth, logger, clock);
  if (clients !== undefined) parts.add('clients', clients);

  const limiter = createLimiter(config, { clients, clock, observer: metrics.rates });
  const { maxStreamsPerConnection, streamBufferBytes, streamAgeMs } = config.grpc;
  const services = new GrpcServices({
    broker,
    streams,
    storage,
    clock,
    logger,
    tracing,
    limiter,
    version: VERSION,
    offers: config.grpc.offers,
    maxStreamsPerConnection,
    streamLimits: { maxBufferedBytes: streamBufferBytes, maxAgeMs: streamAgeMs },
  });
  const server = new GrpcServer({
    address: formatAddress(config.grpc.address),
    services: services.table,
    limits: { ...config.grpc, maxArrivingBytes: config.limits.maxPendingBytes / 2 },
    ...tlsOptions(config.grpc.tls),
    clock,
    logger,
    observer: metrics.grpc,
    tracing,
    authenticator: config.authRequired ? clients : undefined,
    authObserver: metrics.auth,
  });
  metrics.load.watchServer('grpc', server);
  const grpcAddress = await server.start();
  const graceMs = config.shutdownTimeoutMs * CALLS_SHARE;
  const servers: Running[] = [{ stop: () => server.stop(graceMs) }];
  // Together, because each of them may take all of that time.
  parts.add('servers', { stop: async () => void (await Promise.all(servers.map((one) => one.stop()))) });

  let tcpAddress: string | undefined;
  if (config.tcp !== undefined && clients !== undefined) {
    const tcp = new TcpServer({
      ...config.tcp,
      address: formatAddress(config.tcp.address),
      limits: config.tcp,
      streams,
      authenticator: clients,
      limiter,
      clock,
      logger,
      observer: metrics.tcp,
      tracing,
      authObserver: metrics.auth,
    });
    metrics.load.watchServer('tcp', tcp);
    tcpAddress = await tcp.start();
    servers.push({ stop: () => tcp.stop(graceMs) });
  }

  onReady = (ready) => services.setServing(ready);
  readiness.serving();

  let stopped: Promise<void> | undefined;
  const addresses = {
    grpc: grpcAddress,
    admin: admin === undefined ? undefined : formatAddress(admin.address),
    tcp: tcpAddress,
  };
  return {
    addresses,
    summary:
      `waybill ${VERSION} ready: grpc ${addresses.grpc}, ` +
      `admin ${addresses.admin === undefined ? 'off' : `http://${addresses.admin}`}, ` +
      (addresses.tcp === undefined ? '' : `tcp ${addresses.tcp}, `) +
      `storage ${storageSummary(config.storage)}`,
    logger,
    stop() {
      stopped ??= (async () => {
        readiness.draining();
        await delay(clock, config.drainDelayMs);
        services.drain();
        await parts.stop();
      })();
      return stopped;
    },
  };
}

async function delay(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await new Promise<void>((resolve) => void clock.after(ms, resolve));
}

interface Opening {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly readiness: Readiness;
}

/** One of this machine is there or is not; one on the network may come later. */
async function open(config: Config['storage'], { clock, logger, signal, readiness }: Opening): Promise<Storage> {
  if (config.kind === 'memory' || config.kind === 'embedded') return openStorage(config, clock);
  const storage = await awaitStorage({
    open: () => openStorage(config, clock),
    clock,
    logger,
    signal,
    onUnreachable: (error) => readiness.storage(error.message),
  });
  readiness.storage(undefined);
  return storage;
}

/** Undefined when none are configured: nobody could authenticate. */
async function openClients(
  config: Config,
  observer: AuthObserver,
  logger: Logger,
  clock: Clock,
): Promise<ClientRegistry | undefined> {
  if (config.clients === undefined) return undefined;
  return ClientRegistry.open({ ...config.clients, clock, logger, observer });
}

/** Undefined when nobody is limited and no file of clients can change that. */
function createLimiter(
  { rateLimit, clients: source }: Config,
  parts: { readonly clients: ClientRegistry | undefined; readonly clock: Clock; readonly observer: RateObserver },
): PublishLimiter | undefined {
  const { clients, ...rest } = parts;
  const limited = rateLimit.messagesPerSecond > 0 || rateLimit.bytesPerSecond > 0;
  if (!limited && source?.file === undefined) return undefined;
  return new PublishLimiter({ ...rateLimit, ...rest, ratesOf: (clientId) => clients?.ratesOf(clientId) });
}

function tlsOptions(tls: TlsConfig | undefined): { tls?: TlsOptions } {
  if (tls === undefined) return {};
  const { clientCaFile, ...rest } = tls;
  return { tls: clientCaFile === undefined ? rest : { ...rest, clientCaFile } };
}

/** Loaded only when tracing is on. */
async function openTracing(config: Config, logger: Logger, clock: Clock): Promise<OpenTelemetryTracing | undefined> {
  const { exporter, endpoint, sampleRatio } = config.tracing;
  if (exporter === 'none') return undefined;
  const { createTraceExporter } = await import('./telemetry/trace-exporter.js');
  const { OpenTelemetryTracing: Tracing } = await import('./telemetry/tracing.js');
  return new Tracing({
    exporter: await createTraceExporter({ exporter, endpoint }),
    sampleRatio,
    version: VERSION,
    logger,
    clock,
    stopTimeoutMs: config.shutdownTimeoutMs * TRACES_SHARE,
  });
}
