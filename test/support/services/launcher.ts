import { rmSync, watch } from 'node:fs';
import { CassandraServer, type CassandraServerOptions } from './cassandra-server.js';
import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';
import { isWanted, SERVICE_NAMES, type ServiceName, tellFailed, tellStarted } from './run.js';

/**
 * A process beside a Jest run that starts the servers its test files want, and stops them when its standard input ends:
 * at the latest when Jest does.
 */
interface Server {
  stop(): Promise<void>;
}

/** Nobody kills it, so it need not wait for its disk. Under many tests at once it is slow, and not in trouble. */
const PATIENT_CASSANDRA: Pick<CassandraServerOptions, 'commitlog' | 'settings'> = {
  commitlog: 'periodic',
  settings: Object.fromEntries(
    ['read_request', 'range_request', 'write_request', 'cas_contention', 'request'].map((what) => [
      `${what}_timeout`,
      '20s',
    ]),
  ),
};

const START: Readonly<Record<ServiceName, () => Promise<readonly [server: Server, address: string]>>> = {
  postgres: async () => {
    const server = await PostgresServer.start({ version: 18 });
    return [server, server.url];
  },
  postgres15: async () => {
    const server = await PostgresServer.start({ version: 15 });
    return [server, server.url];
  },
  redis: async () => {
    const server = await RedisServer.start();
    return [server, server.url];
  },
  cassandra: async () => {
    const server = await CassandraServer.start({ version: '5.0', ...PATIENT_CASSANDRA });
    return [server, server.contactPoint];
  },
  cassandra41: async () => {
    const server = await CassandraServer.start({ version: '4.1', ...PATIENT_CASSANDRA });
    return [server, server.contactPoint];
  },
};

const [folder = ''] = process.argv.slice(2);
const started = new Map<ServiceName, Promise<Server | undefined>>();

async function start(name: ServiceName): Promise<Server | undefined> {
  try {
    const [server, address] = await START[name]();
    tellStarted(folder, name, address);
    return server;
  } catch (error) {
    tellFailed(folder, name, String(error));
    return undefined;
  }
}

function startWanted(): void {
  for (const name of SERVICE_NAMES) {
    if (!started.has(name) && isWanted(folder, name)) started.set(name, start(name));
  }
}

async function stopAll(): Promise<void> {
  watcher.close();
  const servers = await Promise.all(started.values());
  await Promise.all(servers.map(async (server) => server?.stop()));
  rmSync(folder, { recursive: true });
}

const watcher = watch(folder, startWanted);
// Those that were wanted before it watched.
startWanted();
process.stdin.resume().once('close', () => void stopAll());
