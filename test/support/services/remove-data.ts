import { createClient } from '@redis/client';
import { Client as CassandraClient } from 'cassandra-driver';
import { Client as PostgresClient } from 'pg';

export async function removeSchema(url: string, schema: string): Promise<void> {
  const client = new PostgresClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  } finally {
    await client.end();
  }
}

/** Every key whose first part is the prefix. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = await createClient({ url }).connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  } finally {
    client.destroy();
  }
}

export async function removeKeyspace(contactPoint: string, keyspace: string): Promise<void> {
  // The client library would look at the schema again after the change, and fail nobody's promise when it is shut down.
  const client = new CassandraClient({
    contactPoints: [contactPoint],
    localDataCenter: 'datacenter1',
    isMetadataSyncEnabled: false,
  });
  try {
    await client.execute(`DROP KEYSPACE IF EXISTS "${keyspace}"`);
  } finally {
    await client.shutdown();
  }
}
