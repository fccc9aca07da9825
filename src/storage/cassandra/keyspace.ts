import type { Client } from 'cassandra-driver';
import type { CassandraConfig } from '../storage-config.js';
import { misconfigured } from './errors.js';
import type { Session } from './session.js';

/** Copies that `cassandra.replication = auto` makes at most: a quorum of three goes on without one of them. */
const AUTO_COPIES = 3;

/** What a keyspace says of its replication: the class of its strategy and copies by data centre. */
type Replication = Readonly<Record<string, string>>;

/**
 * Makes sure that the keyspace is there and has its copies.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED when it has too few
 */
export async function ensureKeyspace(session: Session, client: Client, config: CassandraConfig): Promise<void> {
  const { keyspace } = config;
  const known = await findReplication(session, keyspace);
  if (known === undefined) {
    const copies = config.replication ?? {
      [config.localDatacenter]: Math.min(AUTO_COPIES, localNodes(client, config)),
    };
    if ((copies[config.localDatacenter] ?? 0) < 1) throw tooFew(config, 0, 1);
    const map = Object.entries(copies).map(([name, count]) => `${quoted(name)}: ${count}`);
    const replication = ["'class': 'NetworkTopologyStrategy'", ...map].join(', ');
    await session.changeSchema(`CREATE KEYSPACE IF NOT EXISTS "${keyspace}" WITH replication = { ${replication} }`);
  }
  checkReplication(config, (await findReplication(session, keyspace)) ?? {});
}

/** @throws BrokerError STORAGE_MISCONFIGURED */
export function checkReplication(
  config: Pick<CassandraConfig, 'keyspace' | 'localDatacenter' | 'replication'>,
  actual: Replication,
): void {
  const simple = actual['class']?.endsWith('SimpleStrategy') === true;
  // A keyspace with transient replicas says 3/1: the second number are copies that do not count for a quorum.
  const copiesIn = (name: string): number =>
    Number.parseInt((simple ? actual['replication_factor'] : actual[name]) ?? '0', 10) || 0;
  const wanted = { [config.localDatacenter]: 1, ...config.replication };
  for (const [name, count] of Object.entries(wanted)) {
    if (copiesIn(name) < count) throw tooFew(config, copiesIn(name), count, name);
  }
}

function tooFew(
  config: Pick<CassandraConfig, 'keyspace' | 'localDatacenter'>,
  actual: number,
  wanted: number,
  name = config.localDatacenter,
): Error {
  return misconfigured(
    `keyspace ${config.keyspace} has ${actual} copies in data centre ${name}, fewer than ${wanted}; ` +
      'alter the keyspace, or change cassandra.replication or cassandra.localDatacenter',
  );
}

async function findReplication(session: Session, keyspace: string): Promise<Replication | undefined> {
  const [row] = await session.read('SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?', [
    keyspace,
  ]);
  const value: unknown = row?.get('replication');
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

function localNodes(client: Client, { localDatacenter }: CassandraConfig): number {
  return client.hosts.values().filter(({ datacenter }) => datacenter === localDatacenter).length;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
