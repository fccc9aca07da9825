import { Client } from 'pg';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';

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

  describe('given by environment variables', () => {
    beforeAll(() => {
      process.env['WAYBILL_TEST_REDIS_URL'] = 'redis://elsewhere:6379';
    });

    afterAll(() => {
      delete process.env['WAYBILL_TEST_REDIS_URL'];
    });

    test('are taken as they are', () => {
      expect(serviceMissing('redis')).toBeUndefined();
      expect(serviceAddress('redis')).toBe('redis://elsewhere:6379');
    });
  });
});
