import { Client } from 'pg';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { RUN_FOLDER_VARIABLE } from '../../support/services/run.js';

requireBackend('postgres', serviceMissing('postgres'))('the servers that a run shares', () => {
  // While tests are collected, as a suite does that is written for many storages.
  const url = serviceAddress('postgres');

  test('are started when a test file asks', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  test('are one of each', () => {
    expect(serviceAddress('postgres')).toBe(url);
  });
});

describe('the servers of another run', () => {
  const ownFolder = process.env[RUN_FOLDER_VARIABLE];

  afterEach(() => {
    process.env[RUN_FOLDER_VARIABLE] = ownFolder;
  });

  test('are missing where nobody starts any', () => {
    delete process.env[RUN_FOLDER_VARIABLE];
    expect(serviceMissing('cassandra')).toBe('there are servers for conformance, integration and e2e tests only');
    expect(serviceAddress('cassandra')).toBeUndefined();
  });

  test('are those that variables give, which no broker inherits', async () => {
    const [setUp, tearDown] = ['setup', 'teardown'].map((step) =>
      jest.requireActual<() => Promise<void>>(`../../support/services/global-${step}.cjs`),
    );
    process.env['WAYBILL_TEST_REDIS_URL'] = 'redis://elsewhere:6379';
    await setUp?.();
    expect(process.env).not.toHaveProperty('WAYBILL_TEST_REDIS_URL');
    expect(serviceMissing('redis')).toBeUndefined();
    expect(serviceAddress('redis')).toBe('redis://elsewhere:6379');
    await tearDown?.();
  });
});
