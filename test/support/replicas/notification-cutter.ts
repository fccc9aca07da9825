import { createClient } from '@redis/client';
import { Client } from 'pg';
import type { SharedStorage } from './store-under-test.js';

/** Name of the connections that listen on PostgreSQL; all others have the broker's own. */
export const LISTENER_NAME = 'waybill-listener';

/** Ends the connections on which brokers are woken. Answers how many. */
export async function cutNotifications(storage: SharedStorage, address: string): Promise<number> {
  switch (storage) {
    case 'postgres': {
      const client = new Client({ connectionString: address });
      await client.connect();
      try {
        const sql = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
        return (await client.query(sql, [LISTENER_NAME])).rowCount ?? 0;
      } finally {
        await client.end();
      }
    }
    case 'redis': {
      const client = createClient({ url: address });
      client.on('error', () => {});
      await client.connect();
      try {
        return Number(await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']));
      } finally {
        client.destroy();
      }
    }
    case 'cassandra':
      throw new Error('Cassandra wakes nobody');
  }
}
