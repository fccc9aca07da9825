import { setTimeout as sleep } from 'node:timers/promises';
import { append, item, readOne } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { SchemaUnderTest } from './schema-under-test.js';

const ROUNDS = 8;
const SUBJECTS = 20;

requireBackend('postgres', serviceMissing('postgres'))('expiry on PostgreSQL', () => {
  let schema: SchemaUnderTest;

  beforeEach(() => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
  });

  afterEach(() => schema.close());

  const bytesOf = async (): Promise<number> => {
    const [row] = await schema.rows<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace`,
      [`"${schema.name}"`],
    );
    return Number(row?.bytes);
  };

  test('lets tables level off when as much expires as is published', async () => {
    const { log, records } = await schema.open();
    const body = 'b'.repeat(3000);
    const sizes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const items = Array.from({ length: SUBJECTS * 10 }, (_, index) =>
        item(`s${index % SUBJECTS}`, body, { ttlUs: 1000, transient: index % 50 === 0 }),
      );
      for (let flush = 0; flush < 5; flush += 1) await append(log, ...items);
      await records.commit('p', {
        puts: items.slice(0, 50).map((_, key) => ({ key: `k${key}`, value: Buffer.from(body), ttlUs: 1000 })),
      });
      await sleep(10);
      while (await log.expire());
      // What autovacuum does by itself once a minute.
      for (const table of ['subject', 'chunk', 'record', 'writer']) await schema.rows(`VACUUM schema.${table}`);
      sizes.push(await bytesOf());
    }
    const chunks = await schema.rows<{ n: string }>(
      'SELECT count(*) AS n FROM schema.chunk UNION ALL SELECT count(*) FROM schema.record',
    );
    expect(chunks.map(({ n }) => Number(n))).toEqual([0, 0]);
    // Transient chunks stay for ten seconds; all else takes the room of the rounds before. Without that it would be 2.7 times.
    expect(sizes.at(-1)).toBeLessThan(2 * (sizes[2] as number));
  });

  test('is done by one process at a time, and right with many', async () => {
    const storages = await Promise.all(Array.from({ length: 3 }, () => schema.open()));
    const [{ log }] = storages as [(typeof storages)[number]];
    for (let round = 0; round < 30; round += 1) {
      await append(log, ...Array.from({ length: 30 }, (_, index) => item(`s${index % 7}`, 'x', { ttlUs: 1000 })));
    }
    await append(log, item('s3', 'kept'));
    await sleep(10);
    const publishing = (async () => {
      for (let round = 0; round < 50; round += 1) await append(log, item('s5', 'kept'));
    })();
    for (const each of storages) while (await each.log.expire());
    await publishing;
    while (await log.expire());
    const infos = await log.subjects({ prefix: '', after: '', limit: 99 });
    const left = Object.fromEntries(infos.map(({ subject, messages, bytes }) => [subject, [messages, bytes]]));
    expect(left).toEqual({
      ...Object.fromEntries(['s0', 's1', 's2', 's4', 's6'].map((subject) => [subject, [0, 0]])),
      s3: [1, 4],
      s5: [50, 200],
    });
    const page = await readOne(log, { subject: 's3', fromId: 1, maxMessages: 9 });
    expect(page.firstId).toBe(page.lastId);
  });

  test('removes what a purge has hidden, and no more', async () => {
    const { log } = await schema.open();
    for (let round = 0; round < 20; round += 1) await append(log, ...Array.from({ length: 3 }, () => item('a', 'x')));
    await append(log, ...Array.from({ length: 9 }, (_, index) => item('a', 'y', { ttlUs: index < 5 ? 1000 : 0 })));
    await log.purge('a', { beforeId: 32, dryRun: false });
    await sleep(10);
    while (await log.expire());
    const [row] = await schema.rows<{ n: string }>('SELECT count(*) AS n FROM schema.chunk WHERE last_id < 32');
    expect(Number(row?.n)).toBe(0);
    expect(await log.subjects({ prefix: '', after: '', limit: 9 })).toMatchObject([
      { messages: 60 - 31 + 4, bytes: 60 - 31 + 4, firstId: 32, lastId: 69 },
    ]);
  });
});
