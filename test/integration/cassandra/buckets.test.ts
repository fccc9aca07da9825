import { requireBackend } from '../../support/backends.js';
import type { AppendLimits } from '../../../src/storage/cassandra/append-round.js';
import type { Storage } from '../../../src/storage/storage.js';
import { append, idsOf, item, numbered, readAll, textOf } from '../../conformance/storage/items.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { KeyspaceUnderTest } from './keyspace-under-test.js';

const HOUR_US = 3_600_000_000;

/** Partitions that are full after two chunks. */
const SMALL = { bucketRows: 2 };

requireBackend('cassandra', serviceMissing('cassandra'))('buckets of Cassandra', () => {
  let keyspace: KeyspaceUnderTest;
  let logs = 0;

  beforeAll(() => {
    keyspace = new KeyspaceUnderTest(serviceAddress('cassandra') ?? '');
  });

  // Creating tables takes a second, so each test has a log of its own instead.
  beforeEach(() => {
    logs += 1;
  });

  afterAll(() => keyspace.close());

  const open = (limits: Partial<AppendLimits> = SMALL): Promise<Storage> =>
    keyspace.open({}, { log: `test ${logs}`, limits });

  const bucketsOf = async ({ epoch }: Storage, subject: string): Promise<number[]> =>
    (
      await keyspace.execute(`SELECT bucket FROM $keyspace.buckets WHERE epoch = ${epoch} AND subject = '${subject}'`)
    ).map((row) => row.get('bucket') as number);

  test('follow each other, and whoever comes finds the last one', async () => {
    const storage = await open();
    const { log } = storage;
    const times: number[] = [];
    for (let count = 0; count < 9; count += 1) times.push((await append(log, item('a', `${count}`)))[0]!.publishTimeUs);
    expect(await bucketsOf(storage, 'a')).toEqual([1, 2, 3, 4]);
    const peer = (await open()).log;
    for (const each of [log, peer]) {
      expect((await readAll(each, 'a', { page: 2 })).map(textOf)).toEqual('012345678'.split(''));
      const [down] = await each.read([{ subject: 'a', fromId: 7, maxMessages: 5, backwards: true }], 1000);
      expect([idsOf(down?.messages ?? []), down?.nextId]).toEqual([[7, 6, 5, 4, 3], 2]);
      expect(textOf(await each.get('a', 2))).toBe('1');
      expect(await each.idAtTime('a', times[4]!)).toBe(5);
      expect(await each.heads(['a'])).toMatchObject([{ firstId: 1, lastId: 9 }]);
    }
    expect(await append(peer, item('a', '9'))).toMatchObject([{ id: 10 }]);
    expect(await append(log, item('a', '10'))).toMatchObject([{ id: 11 }]);
  });

  test('that were sealed by a process that then died are followed by others', async () => {
    const first = await open();
    await append(first.log, item('a', 'x', { fence: { lock: 'l', token: 5 } }));
    await append(first.log, item('a', 'y'));
    await first.close();
    expect(await bucketsOf(first, 'a')).toEqual([]);
    const { log } = await open();
    expect(idsOf(await readAll(log, 'a'))).toEqual([1, 2]);
    const [stale] = await log.append([item('a', 'z', { fence: { lock: 'l', token: 4 } })]);
    expect(stale).toMatchObject({ reason: 'FENCE_STALE' });
    expect(await append(log, item('a', 'z', { expectedLastId: 2 }))).toMatchObject([{ id: 3 }]);
    expect(await bucketsOf(first, 'a')).toEqual([1]);
  });

  test('take fences along, and find the idempotency keys of those before', async () => {
    const { log } = await open();
    const idempotency = { key: 'k', digest: Buffer.alloc(16, 1), windowUs: HOUR_US };
    const [first] = await append(log, item('a', 'x', { idempotency, fence: { lock: 'l', token: 7 } }));
    for (let count = 0; count < 6; count += 1) await append(log, item('a', 'y'));
    const peer = (await open()).log;
    for (const each of [log, peer]) {
      expect(await append(each, item('a', 'x', { idempotency }))).toEqual([{ ...first, duplicate: true }]);
      const [stale] = await each.append([item('a', 'z', { fence: { lock: 'l', token: 6 } })]);
      expect(stale).toMatchObject({ reason: 'FENCE_STALE', fields: { current_token: '7' } });
    }
  });

  test('lose what is purged, whichever of them holds it', async () => {
    const { log, epoch } = await open();
    for (let count = 0; count < 7; count += 1) await append(log, ...numbered('a', 2));
    expect(await log.purge('a', { beforeId: 10, dryRun: false })).toMatchObject({ messages: 9, firstId: 10 });
    expect(idsOf(await readAll(log, 'a'))).toEqual([10, 11, 12, 13, 14]);
    const rows = await keyspace.execute('SELECT epoch, id FROM $keyspace.messages');
    const ids = rows
      .filter((row) => String(row.get('epoch')) === epoch)
      .flatMap((row) => row.get('id') ?? [])
      .map(Number);
    expect(ids.toSorted((a, b) => a - b)).toEqual([10, 12, 14]);
    expect(await log.purge('a', { beforeId: 99, dryRun: false })).toMatchObject({ messages: 5, firstId: 15 });
    expect(await append(log, item('a', 'x'))).toMatchObject([{ id: 15 }]);
  });

  test('hold large messages as far as the cluster takes them, and refuse only those beyond', async () => {
    const { log } = await open({});
    const settings = `SELECT value FROM system_views.settings WHERE name = 'max_mutation_size'`;
    const [row] = await keyspace.execute(settings);
    const limit = Number.parseInt(row?.get('value') as string, 10) * 1024;
    const large = { ...item('a', ''), body: Buffer.alloc(limit - 300 * 1024, 7) };
    const beyond = { ...item('a', ''), body: Buffer.alloc(limit, 7) };
    const results = await log.append([item('a', 'x'), large, beyond, item('a', 'y')]);
    expect(results).toMatchObject([{ id: 1 }, { id: 2 }, { reason: 'MESSAGE_TOO_LARGE' }, { id: 3 }]);
    expect((await log.get('a', 2))?.body.length).toBe(large.body.length);
    expect(idsOf(await readAll(log, 'a'))).toEqual([1, 2, 3]);
  });

  test('take more in one append than in one batch', async () => {
    const { log } = await open({ batchBytes: 200_000, batchRows: 5 });
    const items = Array.from({ length: 60 }, (_, index) =>
      item('a', 'b'.repeat(20_000), { transient: index % 7 === 3, ttlUs: index % 2 === 0 ? 0 : HOUR_US }),
    );
    expect((await append(log, ...items)).map(({ id }) => id)).toEqual(items.map((_, index) => index + 1));
    const lasting = items.flatMap(({ transient }, index) => (transient === true ? [] : [index + 1]));
    expect(idsOf(await readAll(log, 'a'))).toEqual(lasting);
    expect(await log.subjects({ prefix: '', after: '', limit: 1 })).toMatchObject([{ messages: lasting.length }]);
  });
});
