import { z } from 'zod';
import { option, optionalOption } from './option.js';
import {
  address,
  addressOrOff,
  duration,
  integer,
  name,
  oneOf,
  path,
  ratio,
  replication,
  size,
  text,
  url,
} from './types.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/**
 * Every setting of the server: the one source of names, types, defaults, help and the table of options. Values are in
 * milliseconds and bytes. Defaults of the limits are those of `DEFAULT_BROKER_LIMITS`.
 */
export const serverSchema = z.object({
  grpc: z.object({
    address: option(address(), {
      defaultText: '127.0.0.1:50043',
      form: 'address',
      meaning: 'Where gRPC clients connect.',
    }),
    maxStreamsPerConnection: option(integer({ min: 1, max: 100_000 }), {
      defaultText: '256',
      form: 'number',
      meaning: 'Calls and streams that one connection may have open.',
    }),
    keepaliveTime: option(duration({ min: SECOND, max: DAY, zero: true }), {
      defaultText: '30s',
      form: 'duration',
      meaning: 'Pings a silent connection after this time; 0 never.',
    }),
    keepaliveTimeout: option(duration({ min: 100, max: 600 * SECOND }), {
      defaultText: '10s',
      form: 'duration',
      meaning: 'Closes a connection that does not answer a ping within this time.',
    }),
    connectionIdle: option(duration({ min: SECOND, max: DAY, zero: true }), {
      defaultText: '10m',
      form: 'duration',
      meaning: 'Closes a connection without calls after this time; 0 never.',
    }),
    connectionAge: option(duration({ min: SECOND, max: 30 * DAY, zero: true }), {
      defaultText: '45m',
      form: 'duration',
      meaning: 'Asks a connection of this age to reconnect, so that load spreads again; 0 never.',
    }),
    requestTimeout: option(duration({ min: SECOND, max: DAY, zero: true }), {
      defaultText: '20s',
      form: 'duration',
      meaning:
        'Ends a call whose request, or a message of whose stream, began to arrive so long ago and is not complete; 0 never.',
    }),
    streamAge: option(duration({ min: SECOND, max: 30 * DAY, zero: true }), {
      defaultText: '40m',
      form: 'duration',
      meaning: 'Ends a subscription of this age with Draining and its cursor, before its connection ends; 0 never.',
    }),
    streamBufferBytes: option(size({ min: 16 * KIB, max: 64 * MIB }), {
      defaultText: '1MiB',
      form: 'size',
      meaning: 'Encoded bytes that may wait for one slow client; beyond it the client is served from the storage.',
    }),
    reflection: option(oneOf(['on', 'off']), {
      defaultText: 'on',
      form: 'on|off',
      meaning:
        'Whether the contracts can be asked for (grpcurl, k6); with auth required by clients that may reflect only.',
    }),
    health: option(oneOf(['on', 'off']), {
      defaultText: 'on',
      form: 'on|off',
      meaning: 'Whether anybody may ask for the health of the server over gRPC.',
    }),
    administration: option(oneOf(['on', 'off']), {
      defaultText: 'on',
      form: 'on|off',
      meaning: 'Whether clients may administer the server over gRPC (AdminService).',
    }),
  }),
  tls: z.object({
    certFile: optionalOption(path(), {
      form: 'file',
      meaning: 'Certificate chain of the server (PEM); switches TLS on together with the key.',
    }),
    keyFile: optionalOption(path(), { form: 'file', meaning: 'Private key of the server (PEM).' }),
    clientCaFile: optionalOption(path(), {
      form: 'file',
      meaning: 'Certificate authorities of clients (PEM); clients must then present a certificate (mTLS).',
    }),
    reloadInterval: option(duration({ min: SECOND, max: DAY }), {
      defaultText: '60s',
      form: 'duration',
      meaning: 'How often the TLS files are read again.',
    }),
  }),
  auth: optionalOption(oneOf(['required', 'off']), {
    form: 'required|off',
    meaning:
      'Who may call over gRPC: required asks every caller for credentials, off asks nobody; unset asks nobody and therefore listens on loopback addresses only.',
  }),
  clients: optionalOption(text(), {
    form: 'id:secret,…',
    secret: true,
    meaning: 'Clients that may do everything, as id:secret pairs; a secret may be a hash of `waybill clients hash`.',
  }),
  clientsFile: optionalOption(path(), {
    form: 'file',
    meaning: 'File of clients with hashed secrets and rules (YAML), see docs/security.md; read again when it changes.',
  }),
  clientsReloadInterval: option(duration({ min: 100, max: DAY }), {
    defaultText: '5s',
    form: 'duration',
    meaning: 'How often the file of clients is looked at.',
  }),
  rateLimit: z.object({
    messages: option(integer({ min: 0, max: 100_000_000 }), {
      defaultText: '0',
      form: 'number',
      meaning:
        'Messages per second that each client may publish to this process; 0 is without limit. The file of clients may say otherwise for one of them.',
    }),
    bytes: option(size({ min: 0, max: 1024 * GIB }), {
      defaultText: '0',
      form: 'size',
      meaning: 'Bytes per second, bodies and headers, that each client may publish; 0 is without limit.',
    }),
    burst: option(duration({ min: 10, max: 3600 * SECOND }), {
      defaultText: '1s',
      form: 'duration',
      meaning: 'A client that was idle may publish at once what its limits give in this time.',
    }),
  }),
  tcp: z.object({
    address: option(addressOrOff(), {
      defaultText: '127.0.0.1:8080',
      form: 'address|off',
      meaning: 'Where clients of the TCP event bus connect; it listens only when clients are configured.',
    }),
    tls: option(oneOf(['on', 'off']), {
      defaultText: 'off',
      form: 'on|off',
      meaning: 'Whether the TCP event bus speaks TLS, with the files of the tls section.',
    }),
    maxLineBytes: option(size({ min: 64 * KIB, max: 4 * MIB }), {
      defaultText: '1MiB',
      form: 'size',
      meaning: 'Longest request line of the TCP event bus; more is refused with an error.',
    }),
    idleTimeout: option(duration({ min: 100, max: 30 * DAY, zero: true }), {
      defaultText: '10m',
      form: 'duration',
      meaning: 'Closes a TCP connection that has sent no complete request for so long; 0 never.',
    }),
    maxConnections: option(integer({ min: 1, max: 1_000_000 }), {
      defaultText: '10000',
      form: 'number',
      meaning: 'TCP connections that may be open.',
    }),
    maxConnectionsPerAddress: option(integer({ min: 1, max: 1_000_000 }), {
      defaultText: '1000',
      form: 'number',
      meaning: 'TCP connections that one IP address may have open.',
    }),
  }),
  streams: z.object({
    eventTtl: option(duration({ min: SECOND, max: 36_500 * DAY, zero: true }), {
      defaultText: '30d',
      form: 'duration',
      meaning: 'Life of the events of a stream that names none; 0 keeps them until the stream is deleted.',
    }),
  }),
  admin: z.object({
    address: option(addressOrOff(), {
      defaultText: '127.0.0.1:2112',
      form: 'address|off',
      meaning: 'Where /metrics, /livez and /readyz are served.',
    }),
    metrics: option(oneOf(['on', 'off']), {
      defaultText: 'on',
      form: 'on|off',
      meaning: 'Whether /metrics is among them.',
    }),
  }),
  storage: option(oneOf(['memory', 'embedded', 'postgres', 'cassandra', 'redis']), {
    defaultText: 'embedded',
    form: 'name',
    meaning: 'Where messages are kept: memory, embedded, postgres, cassandra or redis.',
  }),
  storageTimeout: option(duration({ min: 100, max: 60 * SECOND }), {
    defaultText: '5s',
    form: 'duration',
    meaning: 'Longest time that one operation of a storage on the network may take.',
  }),
  pollInterval: option(duration({ min: 10, max: 60 * SECOND }), {
    defaultText: '250ms',
    form: 'duration',
    meaning:
      'How often the storage is asked what other replicas have written, for when their wake-up was lost or the storage has none.',
  }),
  embedded: z.object({
    path: option(path(), { defaultText: './data', form: 'folder', meaning: 'Folder of the embedded storage.' }),
  }),
  memory: z.object({
    maxSubjectBytes: option(size({ min: MIB, max: 1024 * GIB }), {
      defaultText: '64MiB',
      form: 'size',
      meaning: 'Most that one subject may hold in the memory storage.',
    }),
    maxTotalBytes: option(size({ min: MIB, max: 1024 * GIB }), {
      defaultText: '512MiB',
      form: 'size',
      meaning: 'Most that all subjects together may hold in the memory storage.',
    }),
  }),
  postgres: z.object({
    url: option(url(['postgres', 'postgresql']), {
      defaultText: 'postgres://postgres@127.0.0.1:5432/postgres',
      form: 'url',
      secret: true,
      meaning: 'PostgreSQL server, user, password and database; `?sslmode=verify-full` and the like as in libpq.',
    }),
    listenUrl: optionalOption(url(['postgres', 'postgresql']), {
      form: 'url',
      secret: true,
      meaning: 'Direct way to the server for LISTEN, when postgres.url leads through a connection pooler.',
    }),
    schema: option(name(), {
      defaultText: 'waybill',
      form: 'name',
      meaning: 'Schema of the tables; created when it is not there. Replicas that share it are one broker.',
    }),
    caFile: optionalOption(path(), {
      form: 'file',
      meaning: "Certificate authorities of the server (PEM); unset takes the system's.",
    }),
    poolSize: option(integer({ min: 2, max: 100 }), {
      defaultText: '6',
      form: 'number',
      meaning: 'Most connections for reading and writing; two more listen and notify.',
    }),
    preparedStatements: option(oneOf(['on', 'off']), {
      defaultText: 'on',
      form: 'on|off',
      meaning: 'Off for a pooler in transaction mode that does not keep prepared statements (PgBouncer before 1.21).',
    }),
  }),
  cassandra: z.object({
    contactPoints: option(text(), {
      defaultText: '127.0.0.1:9042',
      form: 'host:port,…',
      meaning: 'Some nodes of the cluster; the others are found through them.',
    }),
    localDatacenter: option(text(), {
      defaultText: 'datacenter1',
      form: 'name',
      meaning: 'The data centre that is read and written with LOCAL_QUORUM.',
    }),
    keyspace: option(name(), {
      defaultText: 'waybill',
      form: 'name',
      meaning: 'Keyspace of the tables; created when it is not there. Replicas that share it are one broker.',
    }),
    replication: option(replication(), {
      defaultText: 'auto',
      form: 'dc:number,…',
      meaning:
        'Copies in each data centre when the keyspace is created, such as dc1:3,dc2:3; auto is up to 3 in the local one.',
    }),
    username: optionalOption(text(), { form: 'name', meaning: 'User of the cluster.' }),
    password: optionalOption(text(), { form: 'text', secret: true, meaning: 'Password of that user.' }),
    tls: option(oneOf(['on', 'off']), {
      defaultText: 'off',
      form: 'on|off',
      meaning: 'Whether connections to the nodes use TLS.',
    }),
    caFile: optionalOption(path(), {
      form: 'file',
      meaning: "Certificate authorities of the nodes (PEM); unset takes the system's.",
    }),
  }),
  redis: z.object({
    url: option(url(['redis', 'rediss']), {
      defaultText: 'redis://127.0.0.1:6379',
      form: 'url',
      secret: true,
      meaning: 'Redis server, or any node of a cluster, with user, password and database number; rediss:// for TLS.',
    }),
    cluster: option(oneOf(['on', 'off']), {
      defaultText: 'off',
      form: 'on|off',
      meaning: 'Whether redis.url is a node of a Redis Cluster.',
    }),
    prefix: option(text(), {
      defaultText: 'waybill',
      form: 'text',
      meaning: 'First part of every key. Replicas that share it are one broker.',
    }),
    caFile: optionalOption(path(), {
      form: 'file',
      meaning: "Certificate authorities of the server (PEM); unset takes the system's.",
    }),
  }),
  defaultTtl: option(duration({ min: 1, max: 36_500 * DAY, zero: true }), {
    defaultText: '7d',
    form: 'duration',
    meaning: 'Life of a message that names none; 0 keeps it until it is purged.',
  }),
  maxTtl: option(duration({ min: SECOND, max: 36_500 * DAY }), {
    defaultText: '3650d',
    form: 'duration',
    meaning: 'Longest life that a message may ask for.',
  }),
  idempotencyWindow: option(duration({ min: SECOND, max: 30 * DAY }), {
    defaultText: '2m',
    form: 'duration',
    meaning: 'How long an idempotency key is remembered.',
  }),
  maxMessageBytes: option(size({ min: KIB, max: 4 * MIB }), {
    defaultText: '1MiB',
    form: 'size',
    meaning: 'Largest message, body and headers together; at most 4MiB.',
  }),
  maxHeaderBytes: option(size({ min: 256, max: MIB }), {
    defaultText: '16KiB',
    form: 'size',
    meaning: 'Most that the headers of one message may take, names and values together.',
  }),
  maxHeaders: option(integer({ min: 0, max: 1024 }), {
    defaultText: '64',
    form: 'number',
    meaning: 'Most headers of one message.',
  }),
  maxSubscriptions: option(integer({ min: 1, max: 1_000_000 }), {
    defaultText: '50000',
    form: 'number',
    meaning: 'Most subscriptions that this process serves.',
  }),
  maxPendingMessages: option(integer({ min: 1, max: 10_000_000 }), {
    defaultText: '50000',
    form: 'number',
    meaning: 'Publishes accepted and not yet answered, over all clients; more are refused.',
  }),
  maxPendingBytes: option(size({ min: 4 * MIB, max: 64 * GIB }), {
    defaultText: '64MiB',
    form: 'size',
    meaning:
      'Bytes of publishes accepted and not yet answered, over all clients, and half as many of requests that are arriving; more are refused.',
  }),
  batch: z.object({
    maxMessages: option(integer({ min: 1, max: 100_000 }), {
      defaultText: '2048',
      form: 'number',
      meaning: 'Most messages that one write to the storage holds.',
    }),
    maxBytes: option(size({ min: 64 * KIB, max: 256 * MIB }), {
      defaultText: '4MiB',
      form: 'size',
      meaning: 'Most bytes that one write to the storage holds.',
    }),
    maxDelayMs: option(integer({ min: 0, max: 1000 }), {
      defaultText: '0',
      form: 'milliseconds',
      meaning: 'How long a message may wait for company; 0 writes as soon as the last write is done.',
    }),
  }),
  feed: z.object({
    maxMessages: option(integer({ min: 16, max: 1_000_000 }), {
      defaultText: '4096',
      form: 'number',
      meaning: 'Recent messages that each watched subject keeps in memory for its subscribers.',
    }),
    maxBytes: option(size({ min: 64 * KIB, max: GIB }), {
      defaultText: '1MiB',
      form: 'size',
      meaning: 'Bytes of the recent messages that each watched subject keeps in memory.',
    }),
    maxTotalBytes: option(size({ min: MIB, max: 64 * GIB }), {
      defaultText: '128MiB',
      form: 'size',
      meaning: 'Bytes of the recent messages of all watched subjects together; with many, each keeps less.',
    }),
  }),
  log: z.object({
    level: option(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), {
      defaultText: 'info',
      form: 'name',
      meaning: 'Least severe log lines to write: trace, debug, info, warn, error, fatal or silent.',
    }),
  }),
  tracing: z.object({
    exporter: option(oneOf(['none', 'otlp', 'jaeger']), {
      defaultText: 'none',
      name: 'TRACING',
      form: 'name',
      meaning: 'Where traces go: none, otlp or jaeger.',
    }),
    endpoint: optionalOption(url(['http', 'https', 'grpc', 'grpcs', 'udp']), {
      form: 'url',
      meaning:
        "URL of the collector: http(s)://, for otlp also grpc(s)://, for jaeger also udp:// (the agent); unset takes the exporter's own default.",
    }),
    sampleRatio: option(ratio(), {
      defaultText: '1',
      form: 'ratio',
      meaning: 'Part of the traces that begin here and are kept, 0 to 1; traces begun by a client keep its choice.',
    }),
  }),
  drainDelay: option(duration({ min: 100, max: 600 * SECOND, zero: true }), {
    defaultText: '0s',
    form: 'duration',
    meaning:
      'How long everything is still served after the signal to stop, while health and readiness say no; behind a proxy or in Kubernetes longer than those take to notice, such as 5s. Comes before shutdownTimeout.',
  }),
  shutdownTimeout: option(duration({ min: 100, max: 600 * SECOND }), {
    defaultText: '10s',
    form: 'duration',
    meaning: 'Longest time that stopping may take before the process ends anyhow.',
  }),
});

export type ServerSettings = z.output<typeof serverSchema>;
