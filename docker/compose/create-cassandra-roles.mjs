/**
 * Takes a fresh Cassandra from its well-known superuser `cassandra`: gives that a password of its own, and makes the role
 * that the brokers use, which may do everything in their keyspace. On a cluster where this was done it changes nothing.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { auth, Client, errors } = createRequire('/app/dist/')('cassandra-driver');

const secret = (name) => readFileSync(`/run/storage/${name}`, 'utf8').trim();
const superuserPassword = secret('cassandra-superuser-password');
const brokerPassword = secret('cassandra-password');

/** The superuser is made some seconds after the first start. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 2_000;

async function withClient(password, action) {
  const client = new Client({
    contactPoints: ['cassandra:9042'],
    localDataCenter: 'datacenter1',
    authProvider: new auth.PlainTextAuthProvider('cassandra', password),
  });
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.shutdown();
  }
}

const isRefused = (error) =>
  error instanceof errors.AuthenticationError ||
  Object.values(error.innerErrors ?? {}).some((inner) => inner instanceof errors.AuthenticationError);

async function setUp() {
  try {
    await withClient('cassandra', (client) =>
      client.execute(`ALTER ROLE cassandra WITH PASSWORD = '${superuserPassword}'`),
    );
  } catch (error) {
    // Another run has changed it, or the role is not there yet: the next step tells.
    if (!isRefused(error)) throw error;
  }
  await withClient(superuserPassword, async (client) => {
    await client.execute(
      `CREATE ROLE IF NOT EXISTS waybill WITH PASSWORD = '${brokerPassword}' AND LOGIN = true AND SUPERUSER = false`,
    );
    await client.execute(
      "CREATE KEYSPACE IF NOT EXISTS waybill WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
    );
    await client.execute('GRANT ALL PERMISSIONS ON KEYSPACE waybill TO waybill');
  });
}

for (const giveUpAt = Date.now() + PATIENCE_MS; ;) {
  try {
    await setUp();
    process.stdout.write('the roles are there\n');
    break;
  } catch (error) {
    if (Date.now() > giveUpAt) throw error;
    process.stdout.write(`not yet: ${error.message.split('\n', 1)[0]}\n`);
    await sleep(PAUSE_MS);
  }
}
