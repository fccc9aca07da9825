import { append, item, numbered } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { SchemaUnderTest } from './schema-under-test.js';

requireBackend('postgres', serviceMissing('postgres'))('prepared statements on PostgreSQL', () => {
  let schema: SchemaUnderTest;

  beforeEach(() => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
  });

  afterEach(() => schema.close());

  test('are made anew on every connection when a newer process has changed a table', async () => {
    const { log } = await schema.open({ poolSize: 4 });
    await append(log, ...numbered('a', 3), item('b', 'x'));
    const list = () => log.subjects({ prefix: '', after: '', limit: 9 });
    await Promise.all(Array.from({ length: 8 }, list));
    await schema.rows('ALTER TABLE schema.subject ALTER COLUMN messages TYPE integer');
    const lists = await Promise.all(Array.from({ length: 8 }, list));
    for (const infos of lists) expect(infos.map(({ messages }) => messages)).toEqual([3, 1]);
  });
});
