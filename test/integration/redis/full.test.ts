import { BrokerError } from '../../../src/core/errors.js';
import { requireBackend } from '../../support/backends.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';
import { item, RedisStores } from './redis-stores.js';

const stores = new RedisStores();
const BODY = 'x'.repeat(100_000);

afterEach(() => stores.closeAll());

requireBackend('redis', redisMissing())('a Redis without memory left', () => {
  test('refuses appends as a whole, answers reads, and takes appends again after a purge', async () => {
    const server = await RedisServer.start({ settings: { maxmemory: '16mb' } });
    try {
      const { log, records } = await stores.open(server.url);
      let written = 0;
      const fill = async (): Promise<void> => {
        for (;;) {
          const results = await log.append([item('a', BODY), item('a', BODY)]);
          if (results.some((result) => result instanceof BrokerError)) throw new Error('an item was refused');
          written += 2;
        }
      };
      await expect(fill()).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
      expect(written).toBeGreaterThan(10);
      const fillRecords = async (): Promise<void> => {
        for (let index = 0; ; index += 1) {
          await records.commit('p', { puts: [{ key: String(index), value: Buffer.alloc(BODY.length), ttlUs: 0 }] });
        }
      };
      await expect(fillRecords()).rejects.toMatchObject({ reason: 'STORAGE_FULL' });
      expect((await log.heads(['a']))[0]).toMatchObject({ lastId: written, firstId: 1 });
      expect((await log.get('a', written))?.body.length).toBe(BODY.length);
      expect(await log.settledTimeUs()).toBeGreaterThan(0);
      expect((await log.purge('a', { beforeId: written, dryRun: false })).messages).toBe(written - 1);
      const [next] = await log.append([item('a', BODY)]);
      expect(next).toMatchObject({ id: written + 1 });
    } finally {
      await stores.closeAll();
      await server.stop();
    }
  });
});
