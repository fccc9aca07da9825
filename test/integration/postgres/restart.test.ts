import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError } from '../../../src/core/errors.js';
import type { Storage } from '../../../src/storage/storage.js';
import { appendOne, idsOf, item, readAll } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { PostgresServer } from '../../support/services/postgres-server.js';
import { SchemaUnderTest } from './schema-under-test.js';

requireBackend('postgres', serviceMissing('postgres'))('a PostgreSQL that goes away', () => {
  let server: PostgresServer;
  let schema: SchemaUnderTest;
  let storage: Storage;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    schema = new SchemaUnderTest(server.url);
    storage = await schema.open({ timeoutMs: 1000 });
  });

  afterEach(() => schema.close());

  const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  /** Resolves once an append goes through again. */
  async function appendsAgain(): Promise<void> {
    while ((await failureOf(appendOne(storage.log, item('a', 'after')))) !== undefined) await sleep(10);
  }

  test('is found again after a crash, and no acknowledged message is lost', async () => {
    const acknowledged: number[] = [];
    let crashed = false;
    const appending = (async () => {
      for (;;) {
        const error = await failureOf(
          appendOne(storage.log, item('a', 'x')).then(({ id }) => void acknowledged.push(id)),
        );
        if (error !== undefined) {
          expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
          // It fails at once while the server is away, so nothing else would ever have its turn.
          await sleep(5);
        }
        if (crashed) return;
      }
    })();
    await sleep(50);
    await server.kill();
    const lost = await failureOf(storage.ping());
    expect(lost).toBeInstanceOf(BrokerError);
    expect(lost).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', retryAfterMs: expect.any(Number) });
    await server.restart();
    await appendsAgain();
    crashed = true;
    await appending;
    const ids = idsOf(await readAll(storage.log, 'a'));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => index + 1));
    expect(ids).toEqual(expect.arrayContaining(acknowledged));
  });

  test('does not end the process when its idle connections are closed', async () => {
    await Promise.all(['a', 'b', 'c'].map((subject) => appendOne(storage.log, item(subject, 'x'))));
    await server.restart();
    await appendsAgain();
    expect(await readAll(storage.log, 'b')).toHaveLength(1);
  });

  test('fails what waits for it in time when it stands still', async () => {
    await appendOne(storage.log, item('a', 'x'));
    server.pause();
    try {
      const failures = await Promise.all(
        Array.from({ length: 20 }, () => failureOf(storage.log.append([item('a', 'y')]))),
      );
      for (const error of failures) expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    } finally {
      server.resume();
    }
    await appendsAgain();
    const ids = idsOf(await readAll(storage.log, 'a'));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => index + 1));
  });

  test('closes while it stands still', async () => {
    await appendOne(storage.log, item('a', 'x'));
    server.pause();
    try {
      await storage.close();
    } finally {
      server.resume();
    }
  });

  test('closes while it is away', async () => {
    await server.kill();
    await storage.close();
    await server.restart();
  });
});
