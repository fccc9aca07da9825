import { systemClock } from '../../../src/core/clock.js';
import { append, appendOne, idsOf, item, readAll } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { skewedClock } from '../../support/skewed-clock.js';
import { SchemaUnderTest } from './schema-under-test.js';

const HOUR_US = 3_600_000_000;

requireBackend('postgres', serviceMissing('postgres'))('time on PostgreSQL', () => {
  let schema: SchemaUnderTest;

  beforeEach(() => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
  });

  afterEach(() => schema.close());

  test.each([-HOUR_US, HOUR_US])('is that of the server when the broker is off by %i µs', async (skewUs) => {
    const [right, wrong] = [await schema.open(), await schema.open({}, skewedClock(systemClock, skewUs))];
    const before = (await appendOne(right.log, item('a', 'x'))).publishTimeUs;
    expect(Math.abs(wrong.nowUs() - before)).toBeLessThan(HOUR_US / 4);
    const { publishTimeUs, expireTimeUs } = await appendOne(wrong.log, item('a', 'y', { ttlUs: HOUR_US / 2 }));
    expect(Math.abs(publishTimeUs - before)).toBeLessThan(HOUR_US / 4);
    expect(expireTimeUs).toBe(publishTimeUs + HOUR_US / 2);
    for (const { log } of [right, wrong]) expect(idsOf(await readAll(log, 'a'))).toEqual([1, 2]);
    expect(await wrong.log.expire()).toBe(false);
  });

  test('does not settle what an append under way has already taken', async () => {
    const storage = await schema.open();
    await append(storage.log, item('a', 'x'), item('b', 'x'));
    const holder = await schema.admin.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT 1 FROM "${schema.name}".subject WHERE name = 'b' FOR UPDATE`);
      // It gets its time in `a`, then waits for `b`.
      const appending = storage.log.append([item('a', 'y'), item('b', 'y')]);
      await waiting(schema);
      const settledUs = await storage.log.settledTimeUs();
      await holder.query('COMMIT');
      const [result] = await appending;
      expect(result).toMatchObject({ id: 2 });
      expect(settledUs).toBeLessThan((result as { publishTimeUs: number }).publishTimeUs);
      expect(await storage.log.settledTimeUs()).toBeGreaterThan((result as { publishTimeUs: number }).publishTimeUs);
    } finally {
      holder.release();
    }
  });
});

/** Resolves once an append waits for a row. */
async function waiting(schema: SchemaUnderTest): Promise<void> {
  for (;;) {
    const [row] = await schema.rows<{ waiting: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE query LIKE '%"${schema.name}".append(%'
        AND wait_event_type = 'Lock') AS waiting`,
    );
    if (row?.waiting === true) return;
  }
}
