import { readFile } from 'node:fs/promises';
import { auth, policies, types } from 'cassandra-driver';
import type { ClientOptions } from 'cassandra-driver';
import type { CassandraConfig } from '../storage-config.js';
import { misconfigured } from './errors.js';

/** An idle connection is asked for a sign of life this often, so that a node that hangs is given up soon. */
const HEARTBEAT_MS = 1000;

/** Answers that a connection may owe before it is closed and the others of its node are looked at. */
const MAX_TIMEOUTS = 4;

/** Between attempts to reach a node that is down; the client library adds 15 % of jitter. */
const RECONNECT = { firstMs: 100, maxMs: 1000 };

/** Connections to each node of the local data centre; each carries thousands of requests at once. */
const CONNECTIONS = 2;

/**
 * The part of an operation's time that one request gets: of a request that a node does not answer, enough is left to ask
 * another one what has become of it.
 */
export function requestTimeoutMs(config: Pick<CassandraConfig, 'timeoutMs'>): number {
  return Math.max(50, Math.floor(config.timeoutMs * 0.4));
}

/** What the client library is given. Reads the files that the settings name. @throws BrokerError STORAGE_MISCONFIGURED */
export async function clientOptions(config: CassandraConfig): Promise<ClientOptions> {
  const { credentials } = config;
  return {
    contactPoints: [...config.contactPoints],
    localDataCenter: config.localDatacenter,
    ...(credentials === undefined
      ? {}
      : { authProvider: new auth.PlainTextAuthProvider(credentials.username, credentials.password) }),
    ...(config.tls ? { sslOptions: { rejectUnauthorized: true, ...(await authorities(config.caFile)) } } : {}),
    policies: {
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(RECONNECT.firstMs, RECONNECT.maxMs),
    },
    pooling: {
      coreConnectionsPerHost: { [types.distance.local]: CONNECTIONS, [types.distance.remote]: 0 },
      heartBeatInterval: HEARTBEAT_MS,
    },
    socketOptions: {
      connectTimeout: requestTimeoutMs(config),
      readTimeout: requestTimeoutMs(config),
      defunctReadTimeoutThreshold: MAX_TIMEOUTS,
    },
    queryOptions: {
      prepare: true,
      consistency: types.consistencies.localQuorum,
      serialConsistency: types.consistencies.localSerial,
    },
  };
}

async function authorities(caFile: string | undefined): Promise<{ readonly ca?: Buffer }> {
  if (caFile === undefined) return {};
  try {
    return { ca: await readFile(caFile) };
  } catch (error) {
    throw misconfigured(`the file of cassandra.caFile cannot be read: ${caFile}`, error);
  }
}
