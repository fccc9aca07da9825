import { BrokerError } from '../../../src/core/errors.js';
import type { Storage } from '../../../src/storage/storage.js';
import { appendOne, item, readAll, textOf } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import { SchemaUnderTest } from './schema-under-test.js';

/** Ways to lose the answer to a write while it is being made. */
const LOSSES: Readonly<Record<string, (proxy: TcpProxy) => Promise<void>>> = {
  'after the write': async (proxy) => {
    const dropped = proxy.droppedAnswer();
    proxy.mode = 'drop-answers';
    await dropped;
    proxy.cut();
    proxy.mode = 'forward';
  },
  'before the write': async (proxy) => {
    proxy.mode = 'blackhole';
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    proxy.mode = 'forward';
  },
};

requireBackend('postgres', serviceMissing('postgres'))('a write to PostgreSQL whose answer is lost', () => {
  let schema: SchemaUnderTest;
  let proxy: TcpProxy;
  let url: string;
  let storage: Storage;

  beforeEach(async () => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
    ({ proxy, url } = await schema.proxy());
    // Hints take another way, so that the next answer is that of the write.
    storage = await schema.open({ url, listenUrl: schema.url, poolSize: 1 });
    await appendOne(storage.log, item('a', 'before'));
  });

  afterEach(() => schema.close());

  test.each(Object.keys(LOSSES))('appends once when the connection is lost %s', async (when) => {
    const appending = storage.log.append([item('a', 'x'), item('b', 'y')]);
    await LOSSES[when]?.(proxy);
    expect(await appending).toMatchObject([{ id: 2 }, { id: 1 }]);
    const peer = await schema.open();
    expect((await readAll(peer.log, 'a')).map(textOf)).toEqual(['before', 'x']);
    expect((await readAll(peer.log, 'b')).map(textOf)).toEqual(['y']);
  });

  test.each(Object.keys(LOSSES))('answers items with conditions as they were, lost %s', async (when) => {
    const appending = storage.log.append([
      item('a', 'x', { expectedLastId: 1 }),
      item('a', 'refused', { expectedLastId: 1 }),
      item('a', 'y', { fence: { lock: 'l', token: 3 } }),
    ]);
    await LOSSES[when]?.(proxy);
    expect(await appending).toMatchObject([{ id: 2 }, { reason: 'EXPECTED_ID_MISMATCH' }, { id: 3 }]);
    const peer = await schema.open();
    expect((await readAll(peer.log, 'a')).map(textOf)).toEqual(['before', 'x', 'y']);
  });

  test.each(Object.keys(LOSSES))('commits records once when the connection is lost %s', async (when) => {
    const conditions = [{ key: 'k', version: 0 }];
    const committing = storage.records.commit('p', {
      conditions,
      puts: [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }],
    });
    await LOSSES[when]?.(proxy);
    const result = await committing;
    expect(result).toMatchObject({ committed: true });
    const peer = await schema.open();
    expect(await peer.records.get('p', 'k')).toMatchObject({ version: result.committed ? result.version : 0 });
  });

  test('says so when it cannot find out in time', async () => {
    const small = await schema.open({ url, listenUrl: schema.url, timeoutMs: 2000 });
    const dropped = proxy.droppedAnswer();
    const appending = small.log.append([item('a', 'x')]).catch((error: unknown) => error);
    proxy.mode = 'drop-answers';
    await dropped;
    proxy.mode = 'refuse';
    const error = await appending;
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', fields: { outcome: 'unknown' } });
    const peer = await schema.open();
    expect((await readAll(peer.log, 'a')).map(textOf)).toEqual(['before', 'x']);
  });

  test('cannot begin once it was given up', async () => {
    const slot = '00000000-0000-0000-0000-000000000001';
    expect(await schema.rows('SELECT * FROM schema.settle($1, 1)', [slot])).toEqual([{ outcomes: null }]);
    const late = schema.rows(
      `SELECT * FROM schema.append($1, 1, 'a', '{1}', '{1}', '{1}', '{1}', '{1}', 1, '{1}', '{0}', '{0}', '{0}', '{1}',
        '{1}', '{1}', '{1}', 'v')`,
      [slot],
    );
    await expect(late).rejects.toMatchObject({ code: '23505' });
    expect((await storage.log.heads(['a']))[0]?.lastId).toBe(1);
  });
});
