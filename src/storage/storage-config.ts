/** Which storage to open, and how. Every `timeoutMs` is the longest time that one operation may take. */
export type StorageConfig = MemoryConfig | EmbeddedConfig | PostgresConfig | CassandraConfig | RedisConfig;

export interface MemoryConfig {
  readonly kind: 'memory';
  readonly maxSubjectBytes: number;
  readonly maxTotalBytes: number;
}

export interface EmbeddedConfig {
  readonly kind: 'embedded';
  readonly path: string;
}

export interface PostgresConfig {
  readonly kind: 'postgres';
  readonly url: string;
  /** Where to LISTEN; undefined at `url`. */
  readonly listenUrl: string | undefined;
  readonly schema: string;
  /** PEM file; undefined trusts the system's authorities. */
  readonly caFile: string | undefined;
  readonly poolSize: number;
  readonly preparedStatements: boolean;
  readonly timeoutMs: number;
}

export interface CassandraConfig {
  readonly kind: 'cassandra';
  /** `host` or `host:port`. */
  readonly contactPoints: readonly string[];
  readonly localDatacenter: string;
  readonly keyspace: string;
  /** Copies by data centre for a keyspace that is not there yet; undefined is up to 3 in the local one. */
  readonly replication: Readonly<Record<string, number>> | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly tls: boolean;
  /** PEM file; undefined trusts the system's authorities. */
  readonly caFile: string | undefined;
  readonly timeoutMs: number;
}

export interface RedisConfig {
  readonly kind: 'redis';
  readonly url: string;
  readonly cluster: boolean;
  readonly prefix: string;
  /** PEM file; undefined trusts the system's authorities. */
  readonly caFile: string | undefined;
  readonly timeoutMs: number;
}
