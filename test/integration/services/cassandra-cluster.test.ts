import { Client, types } from 'cassandra-driver';
import { requireBackend } from '../../support/backends.js';
import { startCassandraCluster } from '../../support/services/cassandra-cluster.js';
import { cassandraMissing } from '../../support/services/cassandra-runtime.js';
import type { CassandraServer } from '../../support/services/cassandra-server.js';

requireBackend('cassandra', cassandraMissing('5.0'))('three nodes of Cassandra for tests', () => {
  let nodes: readonly CassandraServer[] = [];

  beforeAll(async () => {
    nodes = await startCassandraCluster();
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test('are one cluster, of which two are a quorum', async () => {
    const [first, , last] = nodes;
    const client = new Client({
      contactPoints: [first?.contactPoint ?? ''],
      localDataCenter: 'datacenter1',
      queryOptions: { consistency: types.consistencies.localQuorum },
    });
    try {
      await client.connect();
      await client.execute(
        `CREATE KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
      );
      await client.execute('CREATE TABLE kept.numbers (number int PRIMARY KEY)');
      await last?.kill();
      await client.execute('INSERT INTO kept.numbers (number) VALUES (1)');
    } finally {
      await client.shutdown();
    }
  });
});
