import { createClient } from '@redis/client';
import { Client as CassandraClient } from 'cassandra-driver';
import { Client as PostgresClient } from 'pg';
import type { StoreUnderTest } from '../replicas/store-under-test.js';

export interface StoreSize {
  readonly bytes: number;
  /** What goes with it, for people. */
  readonly detail: string;
}

/** Asks a store how much it holds for the broker. */
export interface StoreGauge {
  size(): Promise<StoreSize>;
  close(): Promise<void>;
}

export function openGauge({ storage, address }: StoreUnderTest): Promise<StoreGauge> {
  switch (storage) {
    case 'postgres':
      return openPostgresGauge(address);
    case 'redis':
      return openRedisGauge(address);
    case 'cassandra':
      return openCassandraGauge(address);
  }
}

/** Tables with indexes; rows that are dead and not vacuumed yet. */
async function openPostgresGauge(url: string): Promise<StoreGauge> {
  const client = new PostgresClient({ connectionString: url });
  await client.connect();
  const sql = `select coalesce(sum(pg_total_relation_size(relid)), 0)::float8 as bytes, sum(n_live_tup)::int as live,
    sum(n_dead_tup)::int as dead from pg_stat_user_tables where schemaname = 'waybill'`;
  return {
    size: async () => {
      const { rows } = await client.query<{ bytes: number; live: number; dead: number }>(sql);
      const { bytes = 0, live = 0, dead = 0 } = rows[0] ?? {};
      return { bytes, detail: `${live} live and ${dead} dead rows` };
    },
    close: () => client.end(),
  };
}

/** Memory without the memory of its buffers. */
async function openRedisGauge(url: string): Promise<StoreGauge> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return {
    size: async () => {
      const [info, keys] = [await client.info('memory'), await client.dbSize()];
      return { bytes: Number(/used_memory_dataset:(\d+)/.exec(info)?.[1]), detail: `${keys} keys` };
    },
    close: () => client.close(),
  };
}

/** Files of the keyspace; what is only in memory and in the commit log is not counted. */
async function openCassandraGauge(contactPoint: string): Promise<StoreGauge> {
  const client = new CassandraClient({ contactPoints: [contactPoint], localDataCenter: 'datacenter1' });
  await client.connect();
  const cql = `SELECT table_name, mebibytes FROM system_views.disk_usage WHERE keyspace_name = 'waybill' ALLOW FILTERING`;
  return {
    size: async () => {
      const { rows } = await client.execute(cql);
      const mebibytes = rows.reduce((sum, row) => sum + Number(row['mebibytes']), 0);
      return { bytes: mebibytes * 2 ** 20, detail: `${rows.length} tables` };
    },
    close: () => client.shutdown(),
  };
}
