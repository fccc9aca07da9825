import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { requireBackend } from '../../support/backends.js';
import { BACKED_UP_SUBJECT, expectRestored } from '../../support/backup/restored-log.js';
import { numberedMessages } from '../../support/numbered-messages.js';
import { ServedBroker } from '../../support/served-broker.js';
import { postgresMissing } from '../../support/services/postgres-binaries.js';
import { PostgresServer } from '../../support/services/postgres-server.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { failureOf } from '../../support/waybill-failure.js';

/** Debian's, because the package of release 18 has no `pg_dump`. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const run = promisify(execFile);

requireBackend('postgres15', postgresMissing(15))('a backup of PostgreSQL', () => {
  let folder: string;
  let server: PostgresServer | undefined;
  let broker: ServedBroker | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-backup-'));
  });

  afterEach(async () => {
    await broker?.dispose();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  async function execute(url: string, statement: string): Promise<void> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  test('is a dump of its schema, made while brokers run', async () => {
    server = await PostgresServer.start({ version: 15 });
    broker = await ServedBroker.start(['--storage', 'postgres', '--postgres-url', server.url]);
    await broker.client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 1, 300));
    const dump = join(folder, 'waybill.dump');
    await run(join(PROGRAMS, 'pg_dump'), ['--format=custom', '--schema=waybill', `--file=${dump}`, server.url]);

    await broker.client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 301, 400));
    const reader = new SubscriptionReader(broker.client, {
      subjects: [BACKED_UP_SUBJECT],
      from: 'earliest',
    });
    await reader.untilMessages(400);
    await reader.close();
    await broker.stop();

    await execute(server.url, 'CREATE DATABASE restored');
    const restored = server.url.replace(/\/postgres$/, '/restored');
    await run(join(PROGRAMS, 'pg_restore'), ['--exit-on-error', `--dbname=${restored}`, dump]);
    await execute(restored, 'UPDATE waybill.meta SET epoch = gen_random_uuid()');
    broker = await ServedBroker.start(['--storage', 'postgres', '--postgres-url', restored]);
    // Its cursor is of messages that are not there any more.
    const late = new SubscriptionReader(broker.client, {
      subjects: [BACKED_UP_SUBJECT],
      from: { cursor: reader.cursor },
    });
    expect(await failureOf(late.untilMessages(1))).toMatchObject({ reason: 'EPOCH_CHANGED' });
    await expectRestored(broker.client, 300);
  });
});
