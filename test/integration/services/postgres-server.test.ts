import { Client } from 'pg';
import { requireBackend } from '../../support/backends.js';
import { postgresMissing } from '../../support/services/postgres-binaries.js';
import { PostgresServer } from '../../support/services/postgres-server.js';
import { childrenOf, isRunning } from '../../support/services/process-tree.js';

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

describe.each([15, 18] as const)('PostgreSQL %d for tests', (version) => {
  requireBackend(version === 15 ? 'postgres15' : 'postgres', postgresMissing(version))('started here', () => {
    let server: PostgresServer;

    beforeAll(async () => {
      server = await PostgresServer.start({ version, settings: { work_mem: '5MB' } });
    });

    afterAll(async () => {
      await server.stop();
    });

    test('is of that version, with the settings it was given', async () => {
      const client = await connect(server.url);
      const { rows } = await client.query(
        `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('work_mem') AS work_mem`,
      );
      expect(rows).toEqual([{ major: version, work_mem: '5MB' }]);
      await client.end();
    });

    test('asks for its password', async () => {
      await expect(connect(server.url.replace(':waybill@', ':wrong@'))).rejects.toMatchObject({ code: '28P01' });
    });

    test('keeps what was committed over a kill that leaves no backend', async () => {
      const client = await connect(server.url);
      await client.query('CREATE TABLE kept AS SELECT 1 AS number');
      const { pid } = server;
      const processes = [pid, ...childrenOf(pid)];
      expect(processes.length).toBeGreaterThan(4);
      await server.kill();
      expect(processes.filter(isRunning)).toEqual([]);
      await expect(client.query('SELECT 1')).rejects.toThrow();
      await server.restart();
      const again = await connect(server.url);
      expect((await again.query('SELECT number FROM kept')).rows).toEqual([{ number: 1 }]);
      await again.end();
    });

    test('answers nobody while it is held, and everybody afterwards', async () => {
      const client = await connect(server.url);
      server.pause();
      let answered = false;
      const answer = client.query('SELECT 1').then(() => (answered = true));
      await expect(
        new Client({ connectionString: server.url, connectionTimeoutMillis: 300 }).connect(),
      ).rejects.toThrow('timeout');
      expect(answered).toBe(false);
      server.resume();
      await answer;
      await client.end();
    });

    test('is killed while it is held', async () => {
      server.pause();
      await server.kill();
      await server.restart();
      await (await connect(server.url)).end();
    });
  });
});

requireBackend('postgres', postgresMissing(18))('PostgreSQL that cannot start', () => {
  test('says why', async () => {
    await expect(PostgresServer.start({ settings: { work_mem: 'plenty' } })).rejects.toThrow(
      /PostgreSQL 18 at 127\.0\.0\.1:\d+ ended with 1:[^]*work_mem/,
    );
  });
});
