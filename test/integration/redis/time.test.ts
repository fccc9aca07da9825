import { createClient } from '@redis/client';
import { systemClock, type Clock } from '../../../src/core/clock.js';
import { requireBackend } from '../../support/backends.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';
import { appendOne, item, RedisStores, textsOf } from './redis-stores.js';

const HOUR_US = 3_600_000_000;
const stores = new RedisStores();
let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(() => stores.closeAll());
afterAll(() => server.stop());

const shifted = (byUs: number): Clock => ({ ...systemClock, nowUs: () => systemClock.nowUs() + byUs });

requireBackend('redis', redisMissing())('time of Redis', () => {
  test.each([HOUR_US, -HOUR_US])('decides alone when the clock of the broker is off by %i', async (offUs) => {
    const storage = await stores.open(server.url, { prefix: `off${offUs}` }, shifted(offUs));
    const [appended] = await storage.log.append([item('a', 'x', { ttlUs: HOUR_US / 2 })]);
    const { publishTimeUs } = appended as { publishTimeUs: number };
    expect(Math.abs(publishTimeUs - systemClock.nowUs())).toBeLessThan(HOUR_US / 60);
    expect(Math.abs(storage.nowUs() - systemClock.nowUs())).toBeLessThan(HOUR_US / 60);
    expect(await textsOf(storage, 'a')).toEqual(['x']);
  });

  test('never goes back, neither within a subject nor behind what was settled', async () => {
    const storage = await stores.open(server.url, { prefix: 'back' });
    await appendOne(storage, 'a', '1');
    const ahead = String(systemClock.nowUs() + HOUR_US);
    const client = await createClient({ url: server.url }).connect();
    // As if the server's clock had been an hour ahead until now.
    const [state] = await client.keys('back:{*}:s:a');
    await client.hSet(state as string, 'time', ahead);
    expect(await appendOne(storage, 'a', '2')).toMatchObject({ publishTimeUs: Number(ahead) });
    await client.set('back:{0}:settled', ahead);
    expect(await storage.log.settledTimeUs()).toBe(Number(ahead));
    expect(await appendOne(storage, 'b', '1')).toMatchObject({ publishTimeUs: Number(ahead) + 1 });
    client.destroy();
  });
});
