import { Client, type types } from 'cassandra-driver';
import { systemClock } from '../../../src/core/clock.js';
import { openCassandraStorage } from '../../../src/storage/cassandra/index.js';
import type { CassandraConfig } from '../../../src/storage/storage-config.js';
import type { Storage } from '../../../src/storage/storage.js';

let keyspaces = 0;

/** A keyspace of its own on a server of Cassandra, and whatever a test opens in it. */
export class KeyspaceUnderTest {
  readonly name = `integration_${process.pid}_${(keyspaces += 1)}`;
  readonly #contactPoint: string;
  readonly #opened: Storage[] = [];
  #client: Client | undefined;

  constructor(contactPoint: string) {
    this.#contactPoint = contactPoint;
  }

  config(changes: Partial<CassandraConfig> = {}): CassandraConfig {
    return {
      kind: 'cassandra',
      contactPoints: [this.#contactPoint],
      localDatacenter: 'datacenter1',
      keyspace: this.name,
      replication: undefined,
      credentials: undefined,
      tls: false,
      caFile: undefined,
      timeoutMs: 10_000,
      ...changes,
    };
  }

  async open(
    changes: Partial<CassandraConfig> = {},
    options: Parameters<typeof openCassandraStorage>[2] = {},
  ): Promise<Storage> {
    const storage = await openCassandraStorage(this.config(changes), systemClock, options);
    this.#opened.push(storage);
    return storage;
  }

  /** Runs a statement beside the driver; `$keyspace` stands for the keyspace. */
  async execute(statement: string): Promise<readonly types.Row[]> {
    this.#client ??= new Client({ contactPoints: [this.#contactPoint], localDataCenter: 'datacenter1' });
    await this.#client.connect();
    return (await this.#client.execute(statement.replaceAll('$keyspace', this.name))).rows;
  }

  async close(): Promise<void> {
    for (const storage of this.#opened.splice(0)) await storage.close();
    await this.execute('DROP KEYSPACE IF EXISTS $keyspace');
    await this.#client?.shutdown();
  }
}
