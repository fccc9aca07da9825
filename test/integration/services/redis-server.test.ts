import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { requireBackend } from '../../support/backends.js';
import { isRunning } from '../../support/services/process-tree.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';

type RedisClient = Awaited<ReturnType<typeof connect>>;

async function connect(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 1000 } });
  client.on('error', () => {});
  return client.connect();
}

requireBackend('redis', redisMissing())('Redis for tests', () => {
  let server: RedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    server = await RedisServer.start({ appendfsync: 'everysec', settings: { 'maxmemory-policy': 'allkeys-lru' } });
  });

  beforeEach(async () => {
    client = await connect(server.url);
  });

  afterEach(() => {
    client.destroy();
  });

  afterAll(async () => {
    await server.stop();
  });

  test('has the settings it was given', async () => {
    expect(await client.configGet(['appendfsync', 'maxmemory-policy'])).toEqual({
      appendfsync: 'everysec',
      'maxmemory-policy': 'allkeys-lru',
    });
  });

  test('keeps what it acknowledged over a kill', async () => {
    await client.set('kept', '1');
    const { pid } = server;
    await server.kill();
    expect(isRunning(pid)).toBe(false);
    await expect(client.get('kept')).rejects.toThrow();
    await server.restart();
    client = await connect(server.url);
    expect(await client.get('kept')).toBe('1');
  });

  test('answers nobody while it is held, and everybody afterwards', async () => {
    server.pause();
    let answered = false;
    const answer = client.ping().then(() => (answered = true));
    // Nothing tells of an answer that does not come.
    await wait(300);
    expect(answered).toBe(false);
    server.resume();
    await answer;
  });

  test('says why it does not start', async () => {
    await expect(RedisServer.start({ settings: { maxmemory: 'plenty' } })).rejects.toThrow(
      /Redis at 127\.0\.0\.1:\d+ ended with 1:[^]*maxmemory/,
    );
  });
});
