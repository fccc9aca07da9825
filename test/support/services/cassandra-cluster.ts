import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'cassandra-driver';
import { CassandraServer, type CassandraServerOptions } from './cassandra-server.js';
import { freePort } from './free-port.js';

/** Thirds of the ring of Murmur3Partitioner. */
const TOKENS = ['-9223372036854775808', '-3074457345618258603', '3074457345618258602'];
const ASK_INTERVAL_MS = 100;

/**
 * Three nodes at 127.0.0.1, 127.0.0.2 and 127.0.0.3 with the same port, which know each other. Linux, and about half a
 * gigabyte of memory each.
 */
export async function startCassandraCluster(
  options: Pick<CassandraServerOptions, 'version' | 'commitlog' | 'settings'> = {},
): Promise<readonly CassandraServer[]> {
  const port = await freePort();
  const storagePort = await freePort();
  const addresses = TOKENS.map((_token, index) => `127.0.0.${index + 1}`);
  const seeds = addresses.map((address) => `${address}:${storagePort}`);
  const starts = await Promise.allSettled(
    TOKENS.map((token, index) =>
      CassandraServer.start({ ...options, address: addresses[index] ?? '', port, storagePort, seeds, token }),
    ),
  );
  const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await Promise.all(nodes.map(({ contactPoint }) => knowsTheOthers(contactPoint)));
    return nodes;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw error;
  }
}

/** Resolves when the node sees both others with its own schema; before, keyspaces may be created twice. */
async function knowsTheOthers(contactPoint: string): Promise<void> {
  for (;;) {
    // The client learns the nodes of a cluster when it connects.
    const client = new Client({ contactPoints: [contactPoint], localDataCenter: 'datacenter1' });
    try {
      await client.connect();
      const { rows: own } = await client.execute('SELECT schema_version FROM system.local');
      const { rows: others } = await client.execute('SELECT schema_version FROM system.peers');
      const versions = new Set([...own, ...others].map((row) => String(row['schema_version'])));
      if (others.length === TOKENS.length - 1 && versions.size === 1) return;
    } finally {
      await client.shutdown();
    }
    await wait(ASK_INTERVAL_MS);
  }
}
