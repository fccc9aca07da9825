import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hint, Storage } from '../../../src/storage/storage.js';
import { appendOne, item } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { SchemaUnderTest } from './schema-under-test.js';

requireBackend('postgres', serviceMissing('postgres'))('hints over PostgreSQL', () => {
  let schema: SchemaUnderTest;

  beforeEach(() => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
  });

  afterEach(() => schema.close());

  /** Writes with one until the other has been told of something. */
  async function connected(writer: Storage, watcher: Storage): Promise<void> {
    const told = new EventTarget();
    const stop = watcher.watch(() => told.dispatchEvent(new Event('hint')));
    const hint = once(told, 'hint');
    let waiting = true;
    void hint.then(() => (waiting = false));
    while (waiting) {
      await appendOne(writer.log, item('a', 'x'));
      await sleep(5);
    }
    stop();
  }

  /** Resolves once the storage is back. */
  async function reachable(storage: Storage): Promise<void> {
    for (;;) {
      try {
        await storage.ping();
        return;
      } catch {
        await sleep(5);
      }
    }
  }

  test('come again after the listening connection was killed', async () => {
    // Other tests have connections to this server too.
    const url = new URL(schema.url);
    url.searchParams.set('application_name', schema.name);
    const [writer, watcher] = [await schema.open({ url: url.href }), await schema.open({ url: url.href })];
    await connected(writer, watcher);
    for (let round = 0; round < 3; round += 1) {
      const killed = await schema.rows<{ pid: number }>(
        'SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [schema.name],
      );
      expect(killed.length).toBeGreaterThan(0);
      await reachable(writer);
      await connected(writer, watcher);
    }
  });

  test('may be cut off for ever without making the storage unavailable', async () => {
    const { proxy, url: listenUrl } = await schema.proxy();
    const storage = await schema.open({ listenUrl });
    proxy.mode = 'blackhole';
    for (let count = 1; count <= 20; count += 1) {
      expect((await appendOne(storage.log, item('a', 'x'))).id).toBe(count);
    }
    proxy.mode = 'refuse';
    expect((await appendOne(storage.log, item('a', 'x'))).id).toBe(21);
    await storage.ping();
    proxy.mode = 'forward';
    await connected(await schema.open(), storage);
  });

  test('leave a connection that has become silent', async () => {
    const { proxy, url: listenUrl } = await schema.proxy();
    const [writer, watcher] = [await schema.open(), await schema.open({ listenUrl })];
    await connected(writer, watcher);
    const open = proxy.connections;
    proxy.mode = 'blackhole';
    // It gives up those that are silent and asks for new ones, whoever holds the old ones open.
    while (proxy.connections <= open && proxy.connections > 0) await sleep(20);
    proxy.mode = 'forward';
    await connected(writer, watcher);
  }, 30_000);

  test('name many subjects of any name in one append', async () => {
    const [writer, watcher] = [await schema.open(), await schema.open()];
    const subjects = Array.from({ length: 300 }, (_, index) => `${'\u0001é\u{1f600}'.repeat(20)}${index}`);
    const missing = new Set(subjects);
    const told = new Promise<void>((resolve) => {
      watcher.watch((hint: Hint) => {
        if (hint.kind === 'subject') missing.delete(hint.subject);
        if (missing.size === 0) resolve();
      });
    });
    await writer.log.append(subjects.map((subject) => item(subject, 'x')));
    await told;
  });
});
