import { join } from 'node:path';
import { requireBackend } from '../../support/backends.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';
import { freePort } from '../../support/services/free-port.js';
import { command } from './redis-cluster.js';
import { RedisStores } from './redis-stores.js';

const fixture = (name: string): string => join(__dirname, '../../fixtures/tls', name);

const servers: RedisServer[] = [];
const stores = new RedisStores();

async function start(options: Parameters<typeof RedisServer.start>[0] = {}): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await stores.closeAll();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

requireBackend('redis', redisMissing())('opening Redis', () => {
  test('refuses a server that evicts', async () => {
    const server = await start({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
    await expect(stores.open(server.url)).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('maxmemory-policy allkeys-lru') as unknown,
    });
  });

  test('refuses a wrong password, a missing one and one that is not asked for', async () => {
    const server = await start({ settings: { requirepass: 'right-password' } });
    const withPassword = new URL(server.url);
    withPassword.password = 'right-password';
    await expect(stores.open(withPassword.href)).resolves.toMatchObject({ name: 'redis' });
    const wrong = new URL(server.url);
    wrong.password = 'wrong-password';
    for (const url of [wrong.href, server.url]) {
      await expect(stores.open(url)).rejects.toMatchObject({
        reason: 'STORAGE_MISCONFIGURED',
        message: expect.not.stringContaining('-password') as unknown,
      });
    }
    const open = await start();
    await expect(stores.open(open.url.replace('redis://', 'redis://:secret@'))).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
    });
  });

  test('says that a server cannot be reached, and where', async () => {
    const port = await freePort();
    await expect(stores.open(`redis://user:secret@127.0.0.1:${port}`)).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
      message: `redis cannot be reached (redis.url, 127.0.0.1:${port})`,
    });
  });

  test('waits no longer than its time for a server that is frozen', async () => {
    const server = await start();
    server.pause();
    await expect(stores.open(server.url, { timeoutMs: 300 })).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    server.resume();
  });

  test('does not write to a replica', async () => {
    const master = new URL((await start()).url);
    const replica = await start({ settings: { replicaof: `${master.hostname} ${master.port}` } });
    await expect(stores.open(replica.url)).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('replica') as unknown,
    });
  });

  test('refuses a cluster that it was not told of, and a single server in place of one', async () => {
    const single = await start();
    const clustered = await start({ settings: { 'cluster-enabled': 'yes' } });
    await expect(stores.open(single.url, { cluster: true })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('redis.cluster') as unknown,
    });
    await expect(stores.open(clustered.url)).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('redis.cluster') as unknown,
    });
  });

  test('refuses a database that the server does not have, and a prefix that would put all keys in one slot', async () => {
    const server = await start();
    await expect(stores.open(`${server.url}/99`)).rejects.toMatchObject({ reason: 'STORAGE_MISCONFIGURED' });
    await expect(stores.open(server.url, { prefix: 'a{b}' })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
    });
  });

  test('refuses data of a newer version and keys of someone else', async () => {
    const server = await start();
    await command(server.url, 'SET', 'newer:{7}:life', '2 something');
    await command(server.url, 'SET', 'other:{7}:life', 'something');
    await expect(stores.open(server.url, { prefix: 'newer' })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('newer version') as unknown,
    });
    await expect(stores.open(server.url, { prefix: 'other' })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('redis.prefix') as unknown,
    });
  });

  test('names the permission that the user lacks', async () => {
    const server = await start();
    await command(server.url, 'ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '&*', '+@read', '+info', '+ping');
    await expect(stores.open(server.url.replace('redis://', 'redis://reader:secret@'))).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: expect.stringContaining('ACL') as unknown,
    });
  });

  test.each([
    { settings: {}, appendfsync: 'always', durability: 'machine', warnings: 0 },
    { settings: {}, appendfsync: 'everysec', durability: 'process', warnings: 1 },
    { settings: {}, appendfsync: 'no', durability: 'process', warnings: 1 },
    { settings: { appendonly: 'no' }, appendfsync: 'always', durability: 'none', warnings: 1 },
  ] as const)('promises $durability with $appendfsync and $settings', async ({ durability, warnings, ...options }) => {
    const server = await start(options);
    const storage = await stores.open(server.url);
    expect(storage.capabilities.durability).toBe(durability);
    expect(storage.warnings).toHaveLength(warnings);
  });

  test('promises less where it may not read the settings', async () => {
    const server = await start();
    await command(server.url, 'ACL', 'SETUSER', 'hosted', 'on', '>secret', '~*', '&*', '+@all', '-config');
    const storage = await stores.open(server.url.replace('redis://', 'redis://hosted:secret@'));
    expect(storage.capabilities.durability).toBe('process');
    expect(storage.warnings[0]).toContain('unknown');
  });

  test('speaks TLS with a server whose certificate the file vouches for, and with no other', async () => {
    const port = await freePort();
    await start({
      settings: {
        'tls-port': String(port),
        'tls-cert-file': fixture('server.pem'),
        'tls-key-file': fixture('server.key'),
        'tls-ca-cert-file': fixture('ca.pem'),
        'tls-auth-clients': 'no',
      },
    });
    const url = `rediss://localhost:${port}`;
    const storage = await stores.open(url, { caFile: fixture('ca.pem') });
    await expect(storage.ping()).resolves.toBeUndefined();
    for (const caFile of [fixture('other-ca.pem'), undefined]) {
      await expect(stores.open(url, { caFile })).rejects.toMatchObject({
        reason: 'STORAGE_MISCONFIGURED',
        message: expect.stringContaining('redis.caFile') as unknown,
      });
    }
    await expect(stores.open(url, { caFile: fixture('missing.pem') })).rejects.toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
    });
  });
});
