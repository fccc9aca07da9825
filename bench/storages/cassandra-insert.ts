import { Client, types } from 'cassandra-driver';
import type { BatchInsert } from './batch-insert.js';

const INSERT = 'INSERT INTO bench.log (p, seq, body) VALUES (?, ?, ?)';

/** One conditional batch per batch of messages: a row each, and the head that it stands on. */
export async function openCassandraInsert(address: string): Promise<BatchInsert> {
  const client = new Client({
    contactPoints: [address],
    localDataCenter: 'datacenter1',
    queryOptions: {
      prepare: true,
      consistency: types.consistencies.localQuorum,
      serialConsistency: types.consistencies.localSerial,
    },
  });
  await client.connect();
  const define = (text: string): Promise<unknown> => client.execute(text, [], { prepare: false });
  await define('DROP KEYSPACE IF EXISTS bench');
  await define("CREATE KEYSPACE bench WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
  await define('CREATE TABLE bench.log (p text, head bigint static, seq bigint, body blob, PRIMARY KEY (p, seq))');
  await client.execute("INSERT INTO bench.log (p, head) VALUES ('bench', 0) IF NOT EXISTS");
  const long = (value: number): types.Long => types.Long.fromNumber(value);
  let head = 0;
  return {
    async insert(bodies) {
      const update = {
        query: 'UPDATE bench.log SET head = ? WHERE p = ? IF head = ?',
        params: [long(head + bodies.length), 'bench', long(head)],
      };
      const rows = bodies.map((body, index) => ({ query: INSERT, params: ['bench', long(head + index + 1), body] }));
      const result = await client.batch([update, ...rows], { prepare: true, logged: false });
      if (!result.wasApplied()) throw new Error('conflict');
      head += bodies.length;
    },
    close: () => client.shutdown(),
  };
}
