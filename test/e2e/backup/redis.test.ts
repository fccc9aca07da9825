import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { requireBackend } from '../../support/backends.js';
import { BACKED_UP_SUBJECT, expectRestored } from '../../support/backup/restored-log.js';
import { numberedMessages } from '../../support/numbered-messages.js';
import { ServedBroker } from '../../support/served-broker.js';
import { RedisServer, redisMissing } from '../../support/services/redis-server.js';

requireBackend('redis', redisMissing())('a backup of Redis', () => {
  let folder: string;
  let redis: RedisServer | undefined;
  let broker: ServedBroker | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-backup-'));
  });

  afterEach(async () => {
    await broker?.dispose();
    await redis?.stop();
    await rm(folder, { recursive: true });
  });

  /** Keeps its append-only files from being rewritten, and answers where they are. */
  async function holdStill(url: string): Promise<string> {
    const client = createClient({ url });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.configSet('auto-aof-rewrite-percentage', '0');
      expect(await client.info('persistence')).toContain('aof_rewrite_in_progress:0');
      const { dir } = await client.configGet('dir');
      return join(dir!, 'appendonlydir');
    } finally {
      await client.close();
    }
  }

  test('is a copy of its append-only files, made while it runs', async () => {
    redis = await RedisServer.start();
    const flags = ['--storage', 'redis', '--redis-url', redis.url];
    broker = await ServedBroker.start(flags);
    await broker.client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 1, 300));

    const files = await holdStill(redis.url);
    await cp(files, join(folder, 'appendonlydir'), { recursive: true });

    await broker.client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 301, 400));
    await broker.stop();
    await redis.kill();
    await rm(files, { recursive: true });
    await cp(join(folder, 'appendonlydir'), files, { recursive: true });
    await redis.restart();
    broker = await ServedBroker.start(flags);
    await expectRestored(broker.client, 300);
  });
});
