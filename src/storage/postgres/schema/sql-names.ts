import { crc32 } from 'node:zlib';

/** What the texts of statements and functions need to know of where they live. */
export interface SqlNames {
  /** Quoted, for use as `${schema}.table`. */
  readonly schema: string;
  /** First number of the advisory locks that appends hold; the second is when they began. */
  readonly appendLocks: number;
  /** First number of the advisory locks of partitions; the second is a hash of the name. */
  readonly partitionLocks: number;
  /** First number of the locks for what only one process may do at a time; the second is a {@link SOLE_TASK}. */
  readonly taskLocks: number;
  /** Channel of notifications. */
  readonly channel: string;
}

export const SOLE_TASK = { migrate: 0, expire: 1 } as const;

/** Microseconds since the Unix epoch, when it is evaluated and not when the transaction began. */
export const NOW_US = '(extract(epoch FROM clock_timestamp()) * 1000000)::bigint';

/** Advisory locks and channels belong to the database, so their names come from the schema's. */
export function sqlNames(schema: string): SqlNames {
  const lockSpace = (purpose: string): number => crc32(`waybill ${purpose} ${schema}`) | 0;
  return {
    schema: `"${schema.replaceAll('"', '""')}"`,
    appendLocks: lockSpace('append'),
    partitionLocks: lockSpace('partition'),
    taskLocks: lockSpace('task'),
    channel: `waybill_${crc32(schema).toString(16)}`,
  };
}
