import calculateSlot from '@redis/client/dist/lib/utils/calculate-slot.js';
import { BrokerError } from '../../../src/core/errors.js';
import type { Hint, Storage } from '../../../src/storage/storage.js';
import { requireBackend } from '../../support/backends.js';
import { redisMissing, type RedisServer } from '../../support/services/redis-server.js';
import { command, RedisCluster } from './redis-cluster.js';
import { appendOne, item, RedisStores, textsOf } from './redis-stores.js';

const SUBJECTS = Array.from({ length: 100 }, (_, index) => `subject${index}`);

const stores = new RedisStores();
let cluster: RedisCluster;
let url: string;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  url = (cluster.masters[0] as RedisServer).url;
});

afterEach(() => stores.closeAll());
afterAll(() => cluster.stop());

const open = (prefix: string): Promise<Storage> => stores.open(url, { cluster: true, prefix });

/** Answers once what `write` writes is heard of by `storage`. */
async function heard(storage: Storage, subject: string): Promise<Hint> {
  return new Promise((resolve) => {
    const stop = storage.watch((hint) => {
      if (hint.kind !== 'subject' || hint.subject !== subject) return;
      stop();
      resolve(hint);
    });
  });
}

requireBackend('redis', redisMissing())('a Redis cluster', () => {
  test('keeps one flush on all masters and reads it in one call', async () => {
    const storage = await open('flush');
    const results = await storage.log.append(SUBJECTS.flatMap((subject) => [item(subject, '1'), item(subject, '2')]));
    expect(results.filter((result) => result instanceof BrokerError)).toEqual([]);
    for (const { url: each } of cluster.masters) expect(Number(await command(each, 'DBSIZE'))).toBeGreaterThan(64);
    const ranges = SUBJECTS.map((subject) => ({ subject, fromId: 1, maxMessages: 9 }));
    const read = await storage.log.read(ranges, 1e6);
    expect(read.map(({ messages }) => messages.length)).toEqual(SUBJECTS.map(() => 2));
    expect((await storage.log.heads(SUBJECTS)).every(({ lastId }) => lastId === 2)).toBe(true);
    const listed = await storage.log.subjects({ prefix: 'subject', after: '', limit: 1000 });
    expect(listed.map(({ subject }) => subject)).toEqual(SUBJECTS.toSorted());
    expect((await open('flush')).epoch).toBe(storage.epoch);
  });

  test('commits records, purges, expires and settles times', async () => {
    const storage = await open('all');
    const { log, records } = storage;
    await log.append(SUBJECTS.flatMap((subject) => [item(subject, 'x', { ttlUs: 1000 }), item(subject, 'y')]));
    await records.commit('p', { puts: [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }] });
    expect((await records.get('p', 'k'))?.key).toBe('k');
    const settledUs = await log.settledTimeUs();
    expect((await appendOne(storage, 'later', 'x')).publishTimeUs).toBeGreaterThan(settledUs);
    while (await log.expire());
    expect((await log.subjects({ prefix: 'subject', after: '', limit: 1 }))[0]).toMatchObject({ messages: 1 });
    expect(await log.purge('subject7', { beforeId: 3, dryRun: false })).toMatchObject({ messages: 1, firstId: 3 });
  });

  test('hears of what another broker writes at every master', async () => {
    const storage = await open('hints');
    const other = await open('hints');
    const hints = Promise.all(SUBJECTS.map((subject) => heard(other, subject)));
    await storage.log.append(SUBJECTS.map((subject) => item(subject, 'x')));
    expect(await hints).toHaveLength(SUBJECTS.length);
  });

  test('follows slots that are moved to another master', async () => {
    const storage = await open('moved');
    const other = await open('moved');
    await appendOne(storage, 'a', '1');
    const [key] = (
      await Promise.all(cluster.masters.map(({ url: each }) => command(each, 'KEYS', 'moved:{*}:s:a')))
    ).flat() as string[];
    const slot = calculateSlot(key as string);
    const target = cluster.masters[slot < 8192 ? 2 : 0] as RedisServer;
    await cluster.moveSlot(slot, target);
    expect(await appendOne(storage, 'a', '2')).toMatchObject({ id: 2 });
    expect(await textsOf(other, 'a')).toEqual(['1', '2']);
  });

  test('is away while a master is, and comes back with it', async () => {
    const storage = await open('down');
    await storage.log.append(SUBJECTS.map((subject) => item(subject, '1')));
    const last = cluster.masters[2] as RedisServer;
    await last.kill();
    await expect(storage.log.append(SUBJECTS.map((subject) => item(subject, '2')))).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
    });
    await expect(storage.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    await last.restart();
    await cluster.ready();
    while (
      await storage.ping().then(
        () => false,
        () => true,
      )
    ) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const results = await storage.log.append(SUBJECTS.map((subject) => item(subject, '3')));
    expect(results.filter((result) => result instanceof BrokerError)).toEqual([]);
    for (const subject of SUBJECTS) expect((await textsOf(storage, subject)).at(-1)).toBe('3');
  });
});
