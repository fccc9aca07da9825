import { BrokerError } from '../../../src/core/errors.js';
import { appendOne, item } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { freePort } from '../../support/services/free-port.js';
import { SchemaUnderTest } from './schema-under-test.js';

const PASSWORD = 'not-the-password';

requireBackend('postgres', serviceMissing('postgres'))('opening a storage on PostgreSQL', () => {
  let schema: SchemaUnderTest;

  beforeEach(() => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
  });

  afterEach(() => schema.close());

  /** The server's URL with something else in it. */
  function urlWith(change: (url: URL) => void): string {
    const url = new URL(schema.url);
    change(url);
    return url.href;
  }

  async function failure(overrides: Parameters<SchemaUnderTest['open']>[0]): Promise<BrokerError> {
    const error = await schema.open(overrides).catch((each: unknown) => each);
    if (!(error instanceof BrokerError)) throw new Error(`expected a BrokerError, got ${String(error)}`);
    return error;
  }

  test('names the setting of a wrong password without telling it', async () => {
    const error = await failure({ url: urlWith((url) => (url.password = PASSWORD)) });
    expect(error.reason).toBe('STORAGE_MISCONFIGURED');
    expect(error.message).toBe('PostgreSQL refuses the user or the password of postgres.url');
    expect(JSON.stringify(error)).not.toContain(PASSWORD);
  });

  test('names a missing database', async () => {
    const error = await failure({ url: urlWith((url) => (url.pathname = '/nowhere')) });
    expect(error).toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
      message: 'the database of postgres.url does not exist: create it',
    });
  });

  test('can be tried again when nobody listens', async () => {
    const port = await freePort();
    const error = await failure({ url: urlWith((url) => (url.port = String(port))) });
    expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', message: 'PostgreSQL cannot be reached' });
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  test('says that the server offers no TLS', async () => {
    const error = await failure({ url: urlWith((url) => url.searchParams.set('sslmode', 'require')) });
    expect(error.reason).toBe('STORAGE_MISCONFIGURED');
    expect(error.message).toContain('sslmode');
  });

  test('knows no other sslmode and no missing file', async () => {
    expect(await failure({ url: urlWith((url) => url.searchParams.set('sslmode', 'perhaps')) })).toMatchObject({
      reason: 'STORAGE_MISCONFIGURED',
    });
    expect(await failure({ caFile: '/nowhere/ca.pem' })).toMatchObject({ reason: 'STORAGE_MISCONFIGURED' });
  });

  test('refuses a schema that a newer build has written', async () => {
    await (await schema.open()).close();
    await schema.rows('UPDATE schema.meta SET version = version + 1');
    const error = await failure({});
    expect(error.reason).toBe('STORAGE_MISCONFIGURED');
    expect(error.message).toContain('start a newer build');
  });

  test('makes the schema once when many processes start together', async () => {
    const storages = await Promise.all(Array.from({ length: 6 }, () => schema.open()));
    expect(new Set(storages.map(({ epoch }) => epoch)).size).toBe(1);
    const ids = await Promise.all(storages.map(async ({ log }) => (await appendOne(log, item('a', 'x'))).id));
    expect(ids.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  describe('as a role without privileges', () => {
    const role = `waybill_role_${process.pid}`;
    let url: string;

    beforeEach(async () => {
      await schema.rows(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
      url = urlWith((each) => {
        each.username = role;
        each.password = PASSWORD;
      });
    });

    afterEach(async () => {
      await schema.rows(`DROP OWNED BY ${role} CASCADE`);
      await schema.rows(`DROP ROLE ${role}`);
    });

    test('says which one is missing', async () => {
      const error = await failure({ url });
      expect(error.reason).toBe('STORAGE_MISCONFIGURED');
      expect(error.message).toContain('grant create on the database or create the schema');
    });

    test('works in a schema that was made for it', async () => {
      await schema.rows(`CREATE SCHEMA "${schema.name}" AUTHORIZATION ${role}`);
      const storage = await schema.open({ url });
      expect((await appendOne(storage.log, item('a', 'x'))).id).toBe(1);
      expect(await storage.log.settledTimeUs()).toBeGreaterThan(0);
      await storage.close();
    });
  });
});
