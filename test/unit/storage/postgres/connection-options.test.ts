import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionOptions } from '../../../../src/storage/postgres/connection-options.js';
import type { PostgresConfig } from '../../../../src/storage/storage-config.js';

const LIMITS = { connectMs: 100, statementMs: 200, serverLimits: true };

describe('options of connections to PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-options-'));
  const caFile = join(folder, 'ca.pem');

  beforeAll(() => writeFileSync(caFile, 'CA'));

  afterAll(() => rmSync(folder, { recursive: true }));

  function options(query: string, overrides: Partial<PostgresConfig> = {}, limits = LIMITS) {
    const config: PostgresConfig = {
      kind: 'postgres',
      url: `postgres://u:p@host:5433/db${query}`,
      listenUrl: undefined,
      schema: 's',
      caFile: undefined,
      poolSize: 1,
      preparedStatements: true,
      timeoutMs: 1000,
      ...overrides,
    };
    return connectionOptions(config, config.url, limits);
  }

  test('encrypt as sslmode says, as libpq understands it', () => {
    expect(options('').ssl).toBe(false);
    expect(options('?sslmode=disable').ssl).toBe(false);
    expect(options('?sslmode=prefer').ssl).toBe(false);
    expect(options('?sslmode=require').ssl).toEqual({ rejectUnauthorized: false });
    expect(options('?sslmode=verify-full').ssl).toEqual({});
    expect(options('?sslmode=verify-full', { caFile }).ssl).toEqual({ ca: 'CA' });
    expect(options(`?sslmode=verify-full&sslrootcert=${caFile}`).ssl).toEqual({ ca: 'CA' });
    for (const mode of ['require', 'verify-ca']) {
      expect(options(`?sslmode=${mode}`, { caFile }).ssl).toEqual({
        ca: 'CA',
        checkServerIdentity: expect.any(Function),
      });
    }
  });

  test('verify the server when a file of authorities is all that is given', () => {
    expect(options('', { caFile }).ssl).toEqual({ ca: 'CA' });
  });

  test('leave the rest of the URL to the client library', () => {
    expect(options('?sslmode=require&application_name=x').connectionString).toBe(
      'postgres://u:p@host:5433/db?application_name=x',
    );
  });

  test('limit statements on the server unless a pooler does not pass that on', () => {
    expect(options('')).toMatchObject({ statement_timeout: 200, connectionTimeoutMillis: 100, keepAlive: true });
    expect(options('', {}, { ...LIMITS, serverLimits: false })).not.toHaveProperty('statement_timeout');
  });
});
