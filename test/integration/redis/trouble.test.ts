import { requireBackend } from '../../support/backends.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { Hint, Storage } from '../../../src/storage/storage.js';
import { command } from './redis-cluster.js';
import { appendOne, RedisStores, textsOf } from './redis-stores.js';

const stores = new RedisStores();
let server: RedisServer;
let proxy: TcpProxy;
let url: string;

beforeEach(async () => {
  server = await RedisServer.start();
  ({ proxy, url } = await TcpProxy.before(server.url));
});

afterEach(async () => {
  await stores.closeAll();
  await proxy.close();
  await server.stop();
});

const answers = (storage: Storage): Promise<boolean> =>
  storage.ping().then(
    () => true,
    () => false,
  );

/** Resolves once the storage answers again. */
async function back(storage: Storage): Promise<void> {
  while (!(await answers(storage))) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves once the storage is known to be away. */
async function gone(storage: Storage): Promise<void> {
  while (await answers(storage)) await new Promise((resolve) => setImmediate(resolve));
}

requireBackend('redis', redisMissing())('trouble with Redis', () => {
  test('goes on after a kill and restart with its data', async () => {
    const storage = await stores.open(server.url);
    await appendOne(storage, 'a', '1');
    await server.kill();
    await expect(appendOne(storage, 'a', 'lost')).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    await expect(storage.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    await server.restart();
    await back(storage);
    expect(await appendOne(storage, 'a', '2')).toMatchObject({ id: 2 });
    expect(await textsOf(storage, 'a')).toEqual(['1', '2']);
    expect((await stores.open(server.url)).epoch).toBe(storage.epoch);
  });

  test('fails fast while the server is away', async () => {
    const storage = await stores.open(url);
    proxy.mode = 'refuse';
    await gone(storage);
    const error: unknown = await appendOne(storage, 'a', '1').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', fields: { outcome: 'not_written' } });
    expect(error).toHaveProperty('retryAfterMs', expect.any(Number));
    proxy.mode = 'forward';
    await back(storage);
    expect(await appendOne(storage, 'a', '1')).toMatchObject({ id: 1 });
  });

  test('refuses everything when the data is gone, and has another epoch when it is opened again', async () => {
    const storage = await stores.open(server.url);
    await appendOne(storage, 'a', '1');
    await command(server.url, 'FLUSHALL');
    const again = await stores.open(server.url);
    expect(again.epoch).not.toBe(storage.epoch);
    for (const outcome of [appendOne(storage, 'a', '2'), storage.log.heads(['a']), storage.ping()]) {
      await expect(outcome).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    }
    expect(await again.log.heads(['a'])).toMatchObject([{ lastId: 0 }]);
  });

  test('says that the data is gone and what to do', async () => {
    const storage = await stores.open(server.url);
    await command(server.url, 'FLUSHALL');
    await expect(appendOne(storage, 'a', '1')).rejects.toMatchObject({
      message: expect.stringContaining('restart the broker') as unknown,
    });
  });

  test('writes once what it sends again after a lost answer', async () => {
    const storage = await stores.open(url);
    await appendOne(storage, 'a', '1');
    proxy.mode = 'drop-answers';
    const dropped = proxy.droppedAnswer();
    const appending = appendOne(storage, 'a', '2');
    await dropped;
    proxy.mode = 'forward';
    proxy.cut();
    expect(await appending).toMatchObject({ id: 2, duplicate: false });
    expect(await textsOf(storage, 'a')).toEqual(['1', '2']);
  });

  test('commits once what it sends again after a lost answer', async () => {
    const { records } = await stores.open(url);
    const put = { key: 'k', value: Buffer.from('v'), ttlUs: 0 };
    // Redis must know the script before, or the answer that is lost only says that it does not.
    await records.commit('p', { deletes: ['k'] });
    proxy.mode = 'drop-answers';
    const dropped = proxy.droppedAnswer();
    // Done twice, the second would find its own record and be refused.
    const committing = records.commit('p', { conditions: [{ key: 'k', version: 0 }], puts: [put] });
    await dropped;
    proxy.mode = 'forward';
    proxy.cut();
    expect(await committing).toMatchObject({ committed: true });
  });

  test('says that it does not know when no answer comes in time', async () => {
    const storage = await stores.open(url, { timeoutMs: 500 });
    proxy.mode = 'blackhole';
    await expect(appendOne(storage, 'a', '1')).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
      fields: { outcome: 'unknown' },
    });
    proxy.mode = 'forward';
    await back(storage);
    await appendOne(storage, 'a', '2');
    expect((await textsOf(storage, 'a')).at(-1)).toBe('2');
  });

  test('notices a frozen server and goes on once it is thawed', async () => {
    const storage = await stores.open(server.url, { timeoutMs: 1000 });
    server.pause();
    await expect(storage.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    server.resume();
    await back(storage);
    expect(await appendOne(storage, 'a', '1')).toMatchObject({ id: 1 });
  });

  test('writes nothing twice through many broken connections', async () => {
    const storage = await stores.open(url);
    let cutting = true;
    const cuts = (async () => {
      while (cutting) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        proxy.cut();
      }
    })();
    const written: string[] = [];
    for (let index = 0; index < 200; index += 1) {
      const text = String(index);
      await appendOne(storage, 'a', text).then(
        () => written.push(text),
        async () => back(storage),
      );
    }
    cutting = false;
    await cuts;
    await back(storage);
    const texts = await textsOf(storage, 'a');
    expect(texts).toEqual([...new Set(texts)]);
    expect(written.filter((text) => !texts.includes(text))).toEqual([]);
    expect(written.length).toBeGreaterThan(100);
  });

  test('hears hints again after the connection was lost', async () => {
    const storage = await stores.open(url);
    const other = await stores.open(server.url);
    proxy.cut();
    const heard = new Promise<Hint>((resolve) => storage.watch(resolve));
    let writing = true;
    const writes = (async () => {
      while (writing) await appendOne(other, 'a', 'x');
    })();
    expect(await heard).toMatchObject({ kind: 'subject', subject: 'a' });
    writing = false;
    await writes;
  });
});
