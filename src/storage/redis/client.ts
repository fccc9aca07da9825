import { readFileSync } from 'node:fs';
import { createClient, createCluster, RESP_TYPES } from '@redis/client';
import type { RedisConfig } from '../storage-config.js';
import { refused } from './errors.js';
import type { Argument, Reply } from './reply.js';

/** Buffers for bulk strings, so that every byte comes through. */
const BINARY = { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

/** How much of an operation's time connecting may take. */
const CONNECT_PART = 0.5;

/** How often an idle connection is asked for a sign of life, as a part of an operation's time. */
const PING_PART = 0.5;

/**
 * A connection to a server, or one to each master of a cluster. It is not mended: when it breaks it is thrown away, and
 * whatever was under way fails, so that nothing is ever sent twice behind the driver's back.
 */
export interface RedisClient {
  /** Sends to the server that has the key. Rejects with ErrorReply, or with something else when the connection broke. */
  send(key: string, args: readonly Argument[]): Promise<Reply>;
  /** Sends to every master and answers in no particular order. */
  sendToMasters(args: readonly Argument[]): Promise<readonly Reply[]>;
  /** Listens on channels that have these names. */
  subscribe(channels: readonly string[], listener: (message: Buffer) => void): Promise<void>;
  /** Servers that are known, as URLs without user and password. */
  servers(): readonly { readonly host: string; readonly port: number }[];
  destroy(): void;
}

/**
 * Connects.
 *
 * @param servers masters of the cluster that were known before, for when the server of the URL is gone
 * @param onBroken called once when an open connection breaks
 */
export function connect(
  config: RedisConfig,
  servers: RedisServers,
  onBroken: (error: unknown) => void,
): Promise<RedisClient> {
  return config.cluster ? connectCluster(config, servers, onBroken) : connectServer(config, onBroken);
}

export type RedisServers = ReturnType<RedisClient['servers']>;

async function connectServer(config: RedisConfig, onBroken: (error: unknown) => void): Promise<RedisClient> {
  const client = createClient({ ...parameters(config), url: config.url, commandOptions: BINARY });
  let broken = false;
  const breakUp = (error: unknown): void => {
    if (broken) return;
    broken = true;
    onBroken(error);
  };
  // Without a listener an error event would end the process.
  client.on('error', breakUp);
  try {
    await client.connect();
  } catch (error) {
    destroy(client);
    throw error;
  }
  const send = async (args: readonly Argument[]): Promise<Reply> => client.sendCommand<Reply>([...args]);
  return {
    send: (_, args) => send(args),
    sendToMasters: async (args) => [await send(args)],
    subscribe: (channels, listener) => client.subscribe([...channels], listener, true),
    servers: () => [],
    destroy: () => destroy(client),
  };
}

async function connectCluster(
  config: RedisConfig,
  servers: RedisServers,
  onBroken: (error: unknown) => void,
): Promise<RedisClient> {
  const { socket, ...defaults } = parameters(config);
  const { username, password, protocol } = new URL(config.url);
  const cluster = createCluster({
    RESP: 2,
    rootNodes: [{ url: config.url }, ...servers.map((server) => ({ socket: { ...socket, ...server } }))],
    defaults: {
      ...defaults,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      socket: protocol === 'rediss:' ? { ...socket, tls: true } : socket,
    },
    commandOptions: BINARY,
    topologyRefreshOnReconnectionAttemptStrategy: false,
  });
  let broken = false;
  let connected = false;
  let reason: unknown;
  const breakUp = (error: unknown): void => {
    reason = error;
    if (broken || !connected) return;
    broken = true;
    onBroken(error);
  };
  cluster.on('error', breakUp);
  cluster.on('node-error', breakUp);
  cluster.on('sharded-channel-moved-error', breakUp);
  try {
    await cluster.connect();
    connected = true;
  } catch (error) {
    destroy(cluster);
    // The library says only that no server could be asked; what each of them said is more to the point.
    throw reason ?? error;
  }
  return {
    send: (key, args) => cluster.sendCommand<Reply>(key, false, [...args]),
    sendToMasters: (args) =>
      Promise.all(
        cluster.masters.map(async (master) => (await cluster.nodeClient(master)).sendCommand<Reply>([...args], BINARY)),
      ),
    subscribe: async (channels, listener) => {
      await Promise.all(channels.map((channel) => cluster.sSubscribe(channel, listener, true)));
    },
    servers: () => cluster.masters.map(({ host, port }) => ({ host, port })),
    destroy: () => destroy(cluster),
  };
}

function parameters(config: RedisConfig) {
  return {
    RESP: 2 as const,
    disableOfflineQueue: true,
    maintNotifications: 'disabled' as const,
    pingInterval: Math.ceil(config.timeoutMs * PING_PART),
    socket: {
      connectTimeout: Math.ceil(config.timeoutMs * CONNECT_PART),
      socketTimeout: config.timeoutMs,
      reconnectStrategy: false as const,
      noDelay: true,
      keepAlive: true,
      ...(config.caFile === undefined ? {} : { ca: certificates(config.caFile) }),
    },
  };
}

function certificates(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw refused(`redis.caFile "${file}" cannot be read`);
  }
}

/** Destroying twice, or what never connected, throws. */
function destroy(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {
    // It is gone already, which is all that is wanted.
  }
}
