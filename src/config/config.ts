import type { BrokerLimits } from '../broker/limits.js';
import { DEFAULT_BROKER_LIMITS } from '../broker/limits.js';
import type { StorageConfig } from '../storage/storage-config.js';
import { isLoopback, type Address } from './address.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import type { ServerSettings } from './server-schema.js';

export interface GrpcConfig {
  readonly address: Address;
  readonly maxStreamsPerConnection: number;
  /** 0: no pings. */
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
  /** 0: no limit. */
  readonly connectionIdleMs: number;
  /** 0: no limit. */
  readonly connectionAgeMs: number;
  /** 0: no limit. */
  readonly requestTimeoutMs: number;
  /** 0: no limit. */
  readonly streamAgeMs: number;
  /** Encoded bytes that may wait for one slow client. */
  readonly streamBufferBytes: number;
  /** Services that are offered besides those of the broker. */
  readonly offers: { readonly reflection: boolean; readonly health: boolean; readonly administration: boolean };
  /** Undefined serves without TLS. */
  readonly tls: TlsConfig | undefined;
}

export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients must present a certificate of these authorities; undefined asks for none. */
  readonly clientCaFile: string | undefined;
  readonly reloadIntervalMs: number;
}

/** Where the clients come from that can authenticate. */
export interface ClientsConfig {
  /** `id:secret` pairs, or undefined. */
  readonly list: string | undefined;
  readonly file: string | undefined;
  readonly reloadIntervalMs: number;
}

/** Of each client that the file of clients says nothing else about. */
export interface RateLimitConfig {
  /** 0: no limit. */
  readonly messagesPerSecond: number;
  /** 0: no limit. */
  readonly bytesPerSecond: number;
  readonly burstMs: number;
}

export interface TcpConfig {
  readonly address: Address;
  /** Undefined serves without TLS. */
  readonly tls: TlsConfig | undefined;
  readonly maxLineBytes: number;
  /** 0: no limit. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

export interface TracingConfig {
  readonly exporter: 'none' | 'otlp' | 'jaeger';
  /** URL of the collector; undefined takes the exporter's own default. */
  readonly endpoint: string | undefined;
  /** 0 to 1. */
  readonly sampleRatio: number;
}

/** The configuration of a server, complete and checked. */
export interface Config {
  readonly grpc: GrpcConfig;
  /** Whether callers of gRPC must authenticate. */
  readonly authRequired: boolean;
  /** Undefined: none are configured. */
  readonly clients: ClientsConfig | undefined;
  readonly rateLimit: RateLimitConfig;
  /** Undefined: switched off, or nobody could authenticate. */
  readonly tcp: TcpConfig | undefined;
  readonly streams: {
    /** 0: events are kept. */
    readonly eventTtlUs: number;
  };
  readonly admin: {
    /** Undefined: switched off. */
    readonly address: Address | undefined;
    /** Whether it serves the metrics. */
    readonly metrics: boolean;
  };
  readonly storage: StorageConfig;
  /** Between two looks at what other replicas have written. */
  readonly pollIntervalMs: number;
  readonly limits: BrokerLimits;
  readonly log: { readonly level: ServerSettings['log']['level'] };
  readonly tracing: TracingConfig;
  /** From being told to stop until stopping begins; 0: at once. */
  readonly drainDelayMs: number;
  readonly shutdownTimeoutMs: number;
}

/**
 * Checks what only several settings together can get wrong, and converts to the units of the modules.
 *
 * @throws ConfigError
 */
export function createConfig(settings: ServerSettings): Config {
  const problems = contradictions(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  const { grpc, tcp } = settings;
  const tlsFiles = createTls(settings);
  const clients = createClients(settings);
  return {
    grpc: {
      address: grpc.address,
      maxStreamsPerConnection: grpc.maxStreamsPerConnection,
      keepaliveTimeMs: grpc.keepaliveTime,
      keepaliveTimeoutMs: grpc.keepaliveTimeout,
      connectionIdleMs: grpc.connectionIdle,
      connectionAgeMs: grpc.connectionAge,
      requestTimeoutMs: grpc.requestTimeout,
      streamAgeMs: grpc.streamAge,
      streamBufferBytes: grpc.streamBufferBytes,
      offers: {
        reflection: grpc.reflection === 'on',
        health: grpc.health === 'on',
        administration: grpc.administration === 'on',
      },
      tls: tlsFiles,
    },
    authRequired: settings.auth === 'required',
    clients,
    rateLimit: createRateLimit(settings),
    tcp:
      clients === undefined || tcp.address === undefined
        ? undefined
        : {
            address: tcp.address,
            tls: tcp.tls === 'on' ? tlsFiles : undefined,
            maxLineBytes: tcp.maxLineBytes,
            idleTimeoutMs: tcp.idleTimeout,
            maxConnections: tcp.maxConnections,
            maxConnectionsPerAddress: tcp.maxConnectionsPerAddress,
          },
    streams: { eventTtlUs: settings.streams.eventTtl * 1000 },
    admin: { address: settings.admin.address, metrics: settings.admin.metrics === 'on' },
    storage: createStorage(settings),
    pollIntervalMs: settings.pollInterval,
    limits: createLimits(settings),
    log: settings.log,
    tracing: { ...settings.tracing, endpoint: settings.tracing.endpoint },
    drainDelayMs: settings.drainDelay,
    shutdownTimeoutMs: settings.shutdownTimeout,
  };
}

function createTls({ tls }: ServerSettings): TlsConfig | undefined {
  const { certFile, keyFile, clientCaFile, reloadInterval } = tls;
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile, clientCaFile, reloadIntervalMs: reloadInterval };
}

function createClients({ clients, clientsFile, clientsReloadInterval }: ServerSettings): ClientsConfig | undefined {
  if (clients === undefined && clientsFile === undefined) return undefined;
  return { list: clients, file: clientsFile, reloadIntervalMs: clientsReloadInterval };
}

function createRateLimit({ rateLimit }: ServerSettings): RateLimitConfig {
  return { messagesPerSecond: rateLimit.messages, bytesPerSecond: rateLimit.bytes, burstMs: rateLimit.burst };
}

function createStorage(settings: ServerSettings): StorageConfig {
  const timeoutMs = settings.storageTimeout;
  switch (settings.storage) {
    case 'memory':
      return { kind: 'memory', ...settings.memory };
    case 'embedded':
      return { kind: 'embedded', path: settings.embedded.path };
    case 'postgres': {
      const { url, listenUrl, schema, caFile, poolSize, preparedStatements } = settings.postgres;
      return {
        kind: 'postgres',
        url,
        listenUrl,
        schema,
        caFile,
        poolSize,
        preparedStatements: preparedStatements === 'on',
        timeoutMs,
      };
    }
    case 'cassandra': {
      const { contactPoints, localDatacenter, keyspace, replication, username, password, tls, caFile } =
        settings.cassandra;
      return {
        kind: 'cassandra',
        contactPoints: contactPoints.split(',').map((point) => point.trim()),
        localDatacenter,
        keyspace,
        replication,
        credentials: username === undefined || password === undefined ? undefined : { username, password },
        tls: tls === 'on',
        caFile,
        timeoutMs,
      };
    }
    case 'redis': {
      const { url, cluster, prefix, caFile } = settings.redis;
      return { kind: 'redis', url, cluster: cluster === 'on', prefix, caFile, timeoutMs };
    }
  }
}

function createLimits(settings: ServerSettings): BrokerLimits {
  return {
    ...DEFAULT_BROKER_LIMITS,
    maxMessageBytes: settings.maxMessageBytes,
    maxHeaderBytes: settings.maxHeaderBytes,
    maxHeaders: settings.maxHeaders,
    defaultTtlUs: settings.defaultTtl * 1000,
    maxTtlUs: settings.maxTtl * 1000,
    idempotencyWindowUs: settings.idempotencyWindow * 1000,
    maxSubscriptions: settings.maxSubscriptions,
    batchMaxMessages: settings.batch.maxMessages,
    batchMaxBytes: settings.batch.maxBytes,
    batchMaxDelayMs: settings.batch.maxDelayMs,
    maxPendingMessages: settings.maxPendingMessages,
    maxPendingBytes: settings.maxPendingBytes,
    feedMaxMessages: settings.feed.maxMessages,
    feedMaxBytes: settings.feed.maxBytes,
    feedsMaxBytes: settings.feed.maxTotalBytes,
  };
}

function contradictions(settings: ServerSettings): readonly ConfigProblem[] {
  const { tls, memory } = settings;
  const problems: ConfigProblem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  if (tls.certFile !== undefined && tls.keyFile === undefined) refuse('tls.keyFile', 'is needed with tls.certFile');
  if (tls.keyFile !== undefined && tls.certFile === undefined) refuse('tls.certFile', 'is needed with tls.keyFile');
  if (tls.clientCaFile !== undefined && tls.certFile === undefined && tls.keyFile === undefined) {
    refuse('tls.clientCaFile', 'needs tls.certFile and tls.keyFile');
  }
  if (settings.defaultTtl > settings.maxTtl) refuse('defaultTtl', 'must not be longer than maxTtl');
  if (settings.maxHeaderBytes > settings.maxMessageBytes) {
    refuse('maxHeaderBytes', 'must not be more than maxMessageBytes');
  }
  if (settings.tcp.tls === 'on' && (tls.certFile === undefined || tls.keyFile === undefined)) {
    refuse('tcp.tls', 'needs tls.certFile and tls.keyFile');
  }
  const noClients = settings.clients === undefined && settings.clientsFile === undefined;
  if (settings.auth === 'required' && noClients) refuse('auth', 'required needs clients or clientsFile');
  if (settings.auth === undefined && !isLoopback(settings.grpc.address)) {
    refuse(
      'grpc.address',
      'is not a loopback address: set auth to required (with clients or clientsFile), or to off to serve everybody',
    );
  }
  const { username, password } = settings.cassandra;
  if (username !== undefined && password === undefined) {
    refuse('cassandra.password', 'is needed with cassandra.username');
  }
  if (password !== undefined && username === undefined) {
    refuse('cassandra.username', 'is needed with cassandra.password');
  }
  if (memory.maxSubjectBytes > memory.maxTotalBytes) {
    refuse('memory.maxSubjectBytes', 'must not be more than memory.maxTotalBytes');
  }
  return problems;
}
