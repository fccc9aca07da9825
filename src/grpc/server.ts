import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import type { Authenticator, AuthObserver } from '../auth/authenticator.js';
import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Tracing } from '../core/tracing.js';
import { AnswerBudget } from './answer-budget.js';
import { ArrivingRequests } from './arriving-requests.js';
import { CallAuthenticator } from './call-authenticator.js';
import { FIRST_WORDS_MS, guardConnections } from './connection-guard.js';
import { ConnectionListener, type ConnectionLimits } from '../net/connection-listener.js';
import { Decompression } from './decompression.js';
import type { GrpcObserver } from './grpc-observer.js';
import type { ServiceMethods, ServiceTable } from './rpc-call.js';
import { createDispatcher, methodPath, serviceDefinition } from './rpc-dispatch.js';
import type { OpenCall } from './open-call.js';
import { http2ServersOf, limitHandshakes } from './server-internals.js';
import { StatusEncoder } from './status-encoder.js';
import { TlsCredentials } from './tls-credentials.js';
import type { TlsOptions } from '../net/tls-reloader.js';

export type { TlsOptions };

export interface TransportLimits extends ConnectionLimits {
  /** Bytes of one request message. Above the broker's message limit, so that its own, typed error is what callers see. */
  readonly maxReceiveBytes: number;
  readonly maxSendBytes: number;
  /** Calls and streams that one connection may have open. */
  readonly maxStreamsPerConnection: number;
  /** A connection that has been silent for so long is pinged; 0 never. */
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
  /** A connection without calls is closed after so long; 0 never. */
  readonly connectionIdleMs: number;
  /** A connection is asked to reconnect after so long (±10 %), its open calls go on; 0 never. */
  readonly connectionAgeMs: number;
  /** A request that has begun must have arrived after so long, a quarter more at most; 0: no limit. */
  readonly requestTimeoutMs: number;
  /** Bytes of requests that have arrived in part, over all clients; beyond, slow ones are refused, or the newest. */
  readonly maxArrivingBytes: number;
}

/** For clients that connect directly; a proxy in front wants fewer streams and more connections from its address. */
export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  // A frame of 4 MiB and what surrounds it.
  maxReceiveBytes: 4 * 1024 * 1024 + 64 * 1024,
  maxSendBytes: 4 * 1024 * 1024 + 64 * 1024,
  maxStreamsPerConnection: 256,
  keepaliveTimeMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  connectionIdleMs: 10 * 60_000,
  connectionAgeMs: 45 * 60_000,
  requestTimeoutMs: 20_000,
  maxArrivingBytes: 32 * 1024 * 1024,
  maxConnections: 20_000,
  maxConnectionsPerAddress: 1000,
};

/** How often calls whose request has not arrived are looked for in the time that they have. */
const ARRIVAL_CHECKS = 4;

/** How long clients have to take the status of the calls that were broken off. */
const LAST_WORDS_MS = 200;

export interface GrpcServerOptions {
  /** `host:port`, `[ipv6]:port` or `unix:path`; port 0 takes a free one. */
  readonly address: string;
  readonly services: ServiceTable;
  readonly limits?: Partial<TransportLimits>;
  /** Without it connections are plain text. */
  readonly tls?: TlsOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: GrpcObserver;
  readonly tracing?: Tracing | undefined;
  /** Who is asked about callers; undefined: nobody is, and everybody may do everything. */
  readonly authenticator?: Authenticator | undefined;
  readonly authObserver?: Pick<AuthObserver, 'authenticationFailed'>;
}

/** The gRPC server: transport, limits and TLS around a table of services. */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #server: Server;
  readonly #listener: ConnectionListener;
  readonly #tls: TlsCredentials | undefined;
  readonly #openCalls = new Set<OpenCall>();
  readonly #requestTimeoutMs: number;
  #cancelArrivalChecks = (): void => {};
  #stopped: Promise<void> | undefined;

  /** @throws BrokerError ARGUMENT_INVALID when the TLS files cannot be used */
  constructor(options: GrpcServerOptions) {
    const { services, clock, logger, observer, tracing, tls, authenticator, authObserver } = options;
    const limits = { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits };
    this.#requestTimeoutMs = limits.requestTimeoutMs;
    this.#options = options;
    const statusEncoder = new StatusEncoder(logger);
    const dispatcher = createDispatcher(services, {
      clock,
      logger,
      statusEncoder,
      observer,
      tracing,
      callAuthenticator: authenticator === undefined ? undefined : new CallAuthenticator(authenticator, authObserver),
      openCalls: this.#openCalls,
      answerBudget: new AnswerBudget(),
      arrivingRequests: new ArrivingRequests(limits.maxArrivingBytes, clock),
      decompression: new Decompression(limits.maxReceiveBytes),
    });
    this.#tls = tls === undefined ? undefined : new TlsCredentials(tls, clock, logger);
    this.#server = new Server({ ...serverOptions(limits), interceptors: [dispatcher] });
    for (const [service, methods] of Object.entries(services)) {
      this.#server.addService(serviceDefinition(service, methods), {});
    }
    const credentials = this.#tls?.serverCredentials() ?? ServerCredentials.createInsecure();
    limitHandshakes(credentials, FIRST_WORDS_MS);
    const injector = this.#server.createConnectionInjector(credentials);
    const paths = new Set(Object.entries(services).flatMap(([service, methods]) => pathsOf(service, methods)));
    for (const http2 of http2ServersOf(this.#server)) guardConnections(http2, clock, (path) => paths.has(path));
    this.#listener = new ConnectionListener({ name: 'gRPC', limits }, (socket) => injector.injectConnection(socket));
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#listener.connections;
  }

  /** Most of them; 0 is no limit. */
  get maxConnections(): number {
    return this.#listener.maxConnections;
  }

  get refusedConnections(): number {
    return this.#listener.refusedConnections;
  }

  /** When the first certificate in use expires, milliseconds since 1970; undefined without TLS. */
  get certificateExpiresMs(): number | undefined {
    return this.#tls?.certificateExpiresMs;
  }

  /**
   * @returns the address with the real port
   * @throws BrokerError ARGUMENT_INVALID when the address cannot be listened on
   */
  async start(): Promise<string> {
    const address = await this.#listener.listen(this.#options.address);
    if (this.#requestTimeoutMs > 0) this.#checkArrivals(this.#requestTimeoutMs / ARRIVAL_CHECKS);
    return address;
  }

  /**
   * Accepts nothing more, tells the clients to go elsewhere (GOAWAY) and waits for open calls. Those still open after
   * `graceMs` end with UNAVAILABLE, and connections that do not close then are broken. Idempotent.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  #checkArrivals(intervalMs: number): void {
    this.#cancelArrivalChecks = this.#options.clock.after(intervalMs, () => {
      for (const call of this.#openCalls) call.checkArrival(ARRIVAL_CHECKS);
      this.#checkArrivals(intervalMs);
    });
  }

  async #stop(graceMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#listener.close();
    this.#tls?.close();
    this.#cancelArrivalChecks();
    let cancelForce = clock.after(graceMs, () => {
      for (const call of this.#openCalls) call.abort(new BrokerError('SHUTTING_DOWN', 'the server is shutting down'));
      cancelForce = clock.after(LAST_WORDS_MS, () => this.#listener.destroyConnections());
    });
    await new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => resolve());
    });
    cancelForce();
    // A connection that never finished its handshake is no session, so nobody waited for it.
    this.#listener.destroyConnections();
  }
}

function pathsOf(service: string, methods: ServiceMethods): readonly string[] {
  return Object.keys(methods).map((name) => methodPath(service, name));
}

function serverOptions(limits: TransportLimits): ServerOptions {
  return {
    'grpc.max_receive_message_length': limits.maxReceiveBytes,
    'grpc.max_send_message_length': limits.maxSendBytes,
    'grpc.max_concurrent_streams': limits.maxStreamsPerConnection,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    // Its counters cost time on every message, and nobody here serves them.
    'grpc.enable_channelz': 0,
    ...(limits.keepaliveTimeMs === 0 ? {} : { 'grpc.keepalive_time_ms': limits.keepaliveTimeMs }),
    ...(limits.connectionIdleMs === 0 ? {} : { 'grpc.max_connection_idle_ms': limits.connectionIdleMs }),
    ...(limits.connectionAgeMs === 0 ? {} : { 'grpc.max_connection_age_ms': limits.connectionAgeMs }),
  };
}
