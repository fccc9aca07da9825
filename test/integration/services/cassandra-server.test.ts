import { Client } from 'cassandra-driver';
import { setTimeout as wait } from 'node:timers/promises';
import { requireBackendAndTime } from '../../support/backends.js';
import { cassandraMissing, type CassandraVersion } from '../../support/services/cassandra-runtime.js';
import { CassandraServer } from '../../support/services/cassandra-server.js';
import { isRunning } from '../../support/services/process-tree.js';

async function connect({ contactPoint }: CassandraServer): Promise<Client> {
  const client = new Client({
    contactPoints: [contactPoint],
    localDataCenter: 'datacenter1',
    socketOptions: { readTimeout: 30_000 },
  });
  await client.connect();
  return client;
}

const BACKENDS: Readonly<Record<CassandraVersion, string>> = { '4.1': 'cassandra41', '5.0': 'cassandra' };

describe.each(['4.1', '5.0'] as const)('Cassandra %s for tests', (version) => {
  requireBackendAndTime(BACKENDS[version], cassandraMissing(version))('started here', () => {
    test('is of that version, is held, and keeps what it acknowledged over a kill', async () => {
      const server = await CassandraServer.start({ version });
      const client = await connect(server);
      const { rows } = await client.execute('SELECT release_version FROM system.local');
      expect(rows[0]?.['release_version']).toMatch(new RegExp(`^${version}\\.`));
      await client.execute(
        `CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
      );
      await client.execute('CREATE TABLE kept.numbers (number int PRIMARY KEY)');

      server.pause();
      let answered = false;
      const answer = client.execute('INSERT INTO kept.numbers (number) VALUES (1)').then(() => (answered = true));
      // Nothing tells of an answer that does not come.
      await wait(300);
      expect(answered).toBe(false);
      server.resume();
      await answer;
      await client.shutdown();

      const { pid } = server;
      await server.kill();
      expect(isRunning(pid)).toBe(false);
      await server.restart();
      const again = await connect(server);
      expect((await again.execute('SELECT number FROM kept.numbers')).rows.map((row) => row['number'])).toEqual([1]);
      await again.shutdown();
      await server.stop();
    });
  });
});
