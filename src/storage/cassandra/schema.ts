/** Version of the tables below. Each step of {@link MIGRATIONS} leads to the next and may be made twice. */
export const SCHEMA_VERSION = 1;

/** What the driver must find before it can know the version. */
export const META_TABLE = `CREATE TABLE IF NOT EXISTS $keyspace.meta (
  name text PRIMARY KEY,
  version int,
  epoch uuid
)`;

/** Statements that lead from version `index` to `index + 1`. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS $keyspace.subjects (
      epoch uuid,
      subject text,
      PRIMARY KEY (epoch, subject)
    )`,
    `CREATE TABLE IF NOT EXISTS $keyspace.buckets (
      epoch uuid,
      subject text,
      bucket int,
      first_id bigint,
      from_time bigint,
      PRIMARY KEY ((epoch, subject), bucket)
    )`,
    `CREATE TABLE IF NOT EXISTS $keyspace.messages (
      epoch uuid,
      subject text,
      bucket int,
      commit_id uuid static,
      head bigint static,
      state blob static,
      fences map<text, bigint> static,
      kind tinyint,
      id bigint,
      name text,
      batch_id uuid,
      first_id bigint,
      published bigint,
      expires bigint,
      messages int,
      bytes bigint,
      chunk blob,
      digest blob,
      until bigint,
      PRIMARY KEY ((epoch, subject, bucket), kind, id, name)
    ) WITH compaction = {
        'class': 'TimeWindowCompactionStrategy',
        'compaction_window_unit': 'DAYS',
        'compaction_window_size': '1',
        'unchecked_tombstone_compaction': 'true',
        'tombstone_compaction_interval': '86400'
      }
      AND gc_grace_seconds = 86400
      AND read_repair = 'BLOCKING'`,
    `CREATE TABLE IF NOT EXISTS $keyspace.records (
      epoch uuid,
      partition text,
      commit_id uuid static,
      last_version bigint static,
      recent frozen<list<uuid>> static,
      key text,
      value blob,
      version bigint,
      expires bigint,
      PRIMARY KEY ((epoch, partition), key)
    ) WITH compaction = { 'class': 'LeveledCompactionStrategy' }
      AND gc_grace_seconds = 86400
      AND read_repair = 'BLOCKING'`,
  ],
];
