import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { append, appendOne, item, numbered, readAll } from '../../conformance/storage/items.js';
import { requireBackend } from '../../support/backends.js';
import { serviceAddress, serviceMissing } from '../../support/services/addresses.js';
import { freePort } from '../../support/services/free-port.js';
import { SchemaUnderTest } from './schema-under-test.js';

const missing =
  serviceMissing('postgres') ??
  (spawnSync('pgbouncer', ['--version']).error === undefined ? undefined : 'install pgbouncer');

/** PgBouncer in transaction mode, with fewer connections to the server than its clients have to it. */
class Pooler {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(server: string, preparedStatements: number): Promise<Pooler> {
    const { hostname, port, username, password, pathname } = new URL(server);
    const folder = mkdtempSync(join(tmpdir(), 'waybill-pooler-'));
    chmodSync(folder, 0o755);
    const listenPort = await freePort();
    const users = join(folder, 'users.txt');
    writeFileSync(users, `"${username}" "${password}"\n`);
    const settings = join(folder, 'pgbouncer.ini');
    writeFileSync(
      settings,
      `[databases]
${pathname.slice(1)} = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = 2
${preparedStatements > 0 ? `max_prepared_statements = ${preparedStatements}` : ''}
`,
    );
    // It refuses to run as root.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawn('pgbouncer', [settings], { stdio: 'ignore', ...user });
    const pooler = new Pooler(`postgres://${username}:${password}@127.0.0.1:${listenPort}${pathname}`, child, folder);
    for (;;) {
      const client = new pg.Client(pooler.url);
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.end();
        return pooler;
      } catch {
        if (child.exitCode !== null) throw new Error('pgbouncer has ended');
        await sleep(20);
      }
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true });
  }
}

requireBackend('pgbouncer', missing)('PostgreSQL behind PgBouncer in transaction mode', () => {
  let schema: SchemaUnderTest;
  let pooler: Pooler;

  beforeEach(async () => {
    schema = new SchemaUnderTest(serviceAddress('postgres') ?? '');
    pooler = await Pooler.start(schema.url, 0);
  });

  afterEach(async () => {
    await schema.close();
    await pooler.stop();
  });

  test('works without prepared statements and hears of others over a direct connection', async () => {
    const options = { url: pooler.url, listenUrl: schema.url, preparedStatements: false, poolSize: 6 };
    const [one, other] = [await schema.open(options), await schema.open(options)];
    const told = new Promise<void>((resolve) => {
      other.watch((hint) => {
        if (hint.kind === 'subject' && hint.lastId === 500) resolve();
      });
    });
    await Promise.all(Array.from({ length: 10 }, () => append(one.log, ...numbered('a', 50))));
    await told;
    expect(await readAll(other.log, 'a')).toHaveLength(500);
    await other.records.commit('p', { puts: [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }] });
    expect((await one.records.get('p', 'k'))?.key).toBe('k');
    expect(await one.log.purge('a', { beforeId: 100, dryRun: false })).toMatchObject({ messages: 99 });
    expect((await appendOne(one.log, item('a', 'x', { expectedLastId: 500 }))).id).toBe(501);
    await one.close();
    await other.close();
  });
});
