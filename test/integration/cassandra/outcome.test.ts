import { requireBackend } from '../../support/backends.js';
import { idsOf, item, readAll, textOf } from '../../conformance/storage/items.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { KeyspaceUnderTest } from './keyspace-under-test.js';

requireBackend('cassandra', serviceMissing('cassandra'))('answers of Cassandra that do not come', () => {
  let keyspace: KeyspaceUnderTest;
  let proxy: TcpProxy;

  beforeEach(async () => {
    const [host = '', port] = (serviceAddress('cassandra') ?? '').split(':');
    proxy = await TcpProxy.start({ host, port: Number(port) });
    keyspace = new KeyspaceUnderTest(`${host}:${port}`);
  });

  afterEach(async () => {
    proxy.mode = 'forward';
    await keyspace.close();
    await proxy.close();
  });

  const contactPoints = (): string[] => [`127.0.0.1:${proxy.port}`];

  test('an append that was made without an answer is found and not made twice', async () => {
    const { log } = await keyspace.open({ contactPoints: contactPoints() });
    await log.append([item('a', 'before')]);
    proxy.mode = 'drop-answers';
    const dropped = proxy.droppedAnswer();
    const appending = log.append([item('a', 'once'), item('a', 'more')]);
    await dropped;
    proxy.cut();
    proxy.mode = 'forward';
    expect(await appending).toMatchObject([{ id: 2 }, { id: 3 }]);
    expect((await readAll(log, 'a')).map(textOf)).toEqual(['before', 'once', 'more']);
  });

  test('an append is found under what others have appended meanwhile', async () => {
    const peer = await keyspace.open();
    const { log } = await keyspace.open({ contactPoints: contactPoints() });
    await log.append([item('a', 'before')]);
    proxy.mode = 'drop-answers';
    const dropped = proxy.droppedAnswer();
    const appending = log.append([item('a', 'once')]);
    await dropped;
    // More than the history in the state goes back, so the row itself has to tell.
    for (let count = 0; count < 12; count += 1) await peer.log.append([item('a', 'other')]);
    proxy.cut();
    proxy.mode = 'forward';
    expect(await appending).toMatchObject([{ id: 2 }]);
    expect(idsOf(await readAll(log, 'a'))).toHaveLength(14);
  });

  test('a commit that was made without an answer is found and not made twice', async () => {
    const { records } = await keyspace.open({ contactPoints: contactPoints() });
    const put = (text: string) => ({ puts: [{ key: 'k', value: Buffer.from(text), ttlUs: 0 }] });
    await records.commit('p', put('before'));
    const before = await records.get('p', 'k');
    proxy.mode = 'drop-answers';
    const dropped = proxy.droppedAnswer();
    const committing = records.commit('p', put('after'));
    await dropped;
    proxy.cut();
    proxy.mode = 'forward';
    expect(await committing).toMatchObject({ committed: true, version: (before?.version ?? 0) + 1 });
    expect(await records.get('p', 'k')).toMatchObject({ version: (before?.version ?? 0) + 1 });
  });

  test('a silent cluster fails a ping, then everything at once, and is used again when it is back', async () => {
    const storage = await keyspace.open({ contactPoints: contactPoints(), timeoutMs: 2000 });
    await storage.log.append([item('a', 'x')]);
    proxy.mode = 'blackhole';
    await expect(storage.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    await expect(storage.log.append([item('a', 'y')])).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
      retryAfterMs: 500,
      fields: { outcome: 'not_written' },
    });
    proxy.cut();
    proxy.mode = 'forward';
    let appended: readonly unknown[] | undefined;
    while (appended === undefined) {
      appended = await storage.log.append([item('a', 'z')]).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(appended).toMatchObject([{ id: 2 }]);
  });
});
