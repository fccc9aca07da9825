import { requireBackend } from '../../support/backends.js';
import { item } from '../../conformance/storage/items.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { CassandraServer } from '../../support/services/cassandra-server.js';
import { freePort } from '../../support/services/free-port.js';
import { KeyspaceUnderTest } from './keyspace-under-test.js';

requireBackend('cassandra', serviceMissing('cassandra'))('opening Cassandra', () => {
  let keyspace: KeyspaceUnderTest;

  beforeEach(() => {
    keyspace = new KeyspaceUnderTest(serviceAddress('cassandra') ?? '');
  });

  afterEach(() => keyspace.close());

  const replication = async (): Promise<Record<string, string>> => {
    const query = `SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = '$keyspace'`;
    const [row] = await keyspace.execute(query);
    return row?.get('replication') as Record<string, string>;
  };

  test('creates keyspace and tables once, however many start together', async () => {
    const storages = await Promise.all([1, 2, 3].map(() => keyspace.open()));
    expect(new Set(storages.map(({ epoch }) => epoch)).size).toBe(1);
    // As many copies as there are nodes, up to three.
    expect(await replication()).toMatchObject({ datacenter1: '1' });
    for (const [index, { log }] of storages.entries()) {
      expect(await log.append([item('a', String(index))])).toMatchObject([{ id: index + 1 }]);
    }
    expect((await keyspace.open()).epoch).toBe(storages[0]?.epoch);
  });

  test('creates the keyspace with the copies it is told', async () => {
    await keyspace.open({ replication: { datacenter1: 1, elsewhere: 0 } });
    expect(await replication()).toMatchObject({ datacenter1: '1' });
  });

  test('refuses a keyspace with fewer copies than it is told', async () => {
    await keyspace.execute(
      `CREATE KEYSPACE $keyspace WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await expect(keyspace.open({ replication: { datacenter1: 3 } })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('cassandra.replication'),
    });
    await expect(keyspace.open()).resolves.toMatchObject({ name: 'cassandra' });
  });

  test('refuses tables that a newer version has written', async () => {
    await keyspace.open();
    await keyspace.execute(`UPDATE $keyspace.meta SET version = 99 WHERE name = 'schema' IF EXISTS`);
    await expect(keyspace.open()).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('version 99'),
    });
  });

  test('refuses a data centre that is not there', async () => {
    await expect(keyspace.open({ localDatacenter: 'nowhere' })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('cassandra.localDatacenter'),
    });
  });

  test('cannot open what it cannot reach, for now', async () => {
    const contactPoints = [`127.0.0.1:${await freePort()}`];
    await expect(keyspace.open({ contactPoints })).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
  });

  test('refuses authorities that cannot be read', async () => {
    await expect(keyspace.open({ tls: true, caFile: '/nowhere/ca.pem' })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('cassandra.caFile'),
    });
  });
});

requireBackend('cassandra', serviceMissing('cassandra'))('opening Cassandra with a user', () => {
  let server: CassandraServer;
  let keyspace: KeyspaceUnderTest;

  beforeAll(async () => {
    const settings = { authenticator: 'PasswordAuthenticator' };
    server = await CassandraServer.start({ settings });
    keyspace = new KeyspaceUnderTest(server.contactPoint);
  });

  afterAll(() => server.stop());

  test('says that the password is wrong, or missing', async () => {
    for (const credentials of [{ username: 'cassandra', password: 'secret-guess' }, undefined]) {
      const error: unknown = await keyspace.open({ credentials }).catch((each: unknown) => each);
      expect(error).toMatchObject({
        reason: 'STORAGE_MISCONFIGURED',
        message: expect.stringContaining('cassandra.password'),
      });
      expect(String(error)).not.toContain('secret-guess');
    }
  });
});
