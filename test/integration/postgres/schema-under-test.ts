import pg from 'pg';
import type { Clock } from '../../../src/core/clock.js';
import { systemClock } from '../../../src/core/clock.js';
import { openPostgresStorage } from '../../../src/storage/postgres/index.js';
import type { PostgresConfig } from '../../../src/storage/storage-config.js';
import type { Storage } from '../../../src/storage/storage.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

let schemas = 0;

/** A schema that nobody has used, with what was opened on it; `close` ends it all and drops the schema. */
export class SchemaUnderTest {
  readonly url: string;
  readonly name = `integration_${process.pid}_${Date.now().toString(36)}_${(schemas += 1)}`;
  readonly admin: pg.Pool;
  readonly #proxies: TcpProxy[] = [];
  readonly #storages: Storage[] = [];

  /** @param url of a superuser */
  constructor(url: string) {
    this.url = url;
    this.admin = new pg.Pool({ connectionString: url, max: 4 });
    // A server that a test kills takes idle connections with it.
    this.admin.on('error', () => undefined);
    this.admin.on('connect', (client) => client.on('error', () => undefined));
  }

  config(overrides: Partial<PostgresConfig> = {}): PostgresConfig {
    return {
      kind: 'postgres',
      url: this.url,
      listenUrl: undefined,
      schema: this.name,
      caFile: undefined,
      poolSize: 3,
      preparedStatements: true,
      timeoutMs: 5000,
      ...overrides,
    };
  }

  async open(overrides: Partial<PostgresConfig> = {}, clock: Clock = systemClock): Promise<Storage> {
    const storage = await openPostgresStorage(this.config(overrides), clock);
    this.#storages.push(storage);
    return storage;
  }

  /** A proxy before the server and the URL that leads through it. */
  async proxy(): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const before = await TcpProxy.before(this.url);
    this.#proxies.push(before.proxy);
    return before;
  }

  /** Rows of a query as a superuser; `schema.` in it stands for the schema. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.admin.query<Row>(text.replaceAll('schema.', `"${this.name}".`), [...values])).rows;
  }

  async close(): Promise<void> {
    for (const storage of this.#storages) await storage.close();
    for (const proxy of this.#proxies) await proxy.close();
    await this.admin.query(`DROP SCHEMA IF EXISTS "${this.name}" CASCADE`);
    await this.admin.end();
  }
}
