import { CassandraServer } from '../../test/support/services/cassandra-server.js';
import { PostgresServer } from '../../test/support/services/postgres-server.js';
import { RedisServer } from '../../test/support/services/redis-server.js';

/** A store of its own for one bench, empty for every broker that asks. */
export interface Store {
  /** URL, for Cassandra `host:port`. */
  readonly address: string;
  /** Settings of brokers that share data of their own; every call begins with none. */
  settings(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const NETWORK_STORAGES = ['postgres', 'redis', 'cassandra'] as const;
export type NetworkStorage = (typeof NETWORK_STORAGES)[number];

/** Every store flushes to its disk before it acknowledges. @throws Error when this machine lacks the server */
export async function startStore(storage: NetworkStorage): Promise<Store> {
  let brokers = 0;
  const name = (): string => `bench_${(brokers += 1)}`;
  switch (storage) {
    case 'postgres': {
      const server = await PostgresServer.start();
      return {
        address: server.url,
        settings: () => ({ WAYBILL_POSTGRES_URL: server.url, WAYBILL_POSTGRES_SCHEMA: name() }),
        stop: () => server.stop(),
      };
    }
    case 'redis': {
      const server = await RedisServer.start({ appendfsync: 'always' });
      return {
        address: server.url,
        settings: () => ({ WAYBILL_REDIS_URL: server.url, WAYBILL_REDIS_PREFIX: name() }),
        stop: () => server.stop(),
      };
    }
    case 'cassandra': {
      const server = await CassandraServer.start({ commitlog: 'batch' });
      return {
        address: server.contactPoint,
        settings: () => ({
          WAYBILL_CASSANDRA_CONTACT_POINTS: server.contactPoint,
          WAYBILL_CASSANDRA_KEYSPACE: name(),
        }),
        stop: () => server.stop(),
      };
    }
  }
}
