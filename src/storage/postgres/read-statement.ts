import type { ReadRange } from '../storage.js';
import { ByteColumn } from './byte-column.js';
import { arrayOf } from './database.js';
import type { Parameter, Statement } from './database.js';
import { NOW_US } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

/** Chunks of one range that the server looks at for one answer. */
const MAX_CHUNKS_PER_RANGE = 512;

const UPWARDS = 0;
const DOWNWARDS = 1;
const UPWARDS_WITH_TRANSIENT = 2;

/** A subject's head with one of its chunks, or without when there is none to return. */
export interface ReadRow {
  /** Position of the range, from 1. */
  readonly n: number;
  readonly now_us: number;
  readonly first_id: number;
  readonly last_id: number;
  readonly most: number;
  readonly passing: boolean | null;
  readonly chunk_first_id: number;
  readonly chunk_last_id: number;
  readonly publish_time_us: number;
  /** Null when there was no room for it. */
  readonly value: Buffer | null;
}

/**
 * One statement for all ranges, so that heads and chunks are of one moment. Chunks beyond the bytes or the messages asked
 * for come without their value; the first of each kind always has it, so that reading goes on.
 */
export function readStatement({ schema }: SqlNames): Statement {
  const columns = (position: string): string =>
    `${position} AS position, c.first_id AS chunk_first_id, c.last_id AS chunk_last_id, c.publish_time_us, c.messages, c.bytes, c.value`;
  const living = '(c.expire_time_us = 0 OR c.expire_time_us > k.now_us)';
  return {
    name: 'read',
    text: `
WITH k AS MATERIALIZED (SELECT ${NOW_US} AS now_us), found AS (
  SELECT r.n, r.most, k.now_us, s.first_id, s.last_id, c.*
  FROM unnest($2::integer[], $3::integer[], $4::bigint[], $5::integer[], $6::integer[])
      WITH ORDINALITY AS r (name_from, name_length, from_id, most, kind, n)
    CROSS JOIN k
    JOIN ${schema}.subject s ON s.name = substring($1::bytea FROM r.name_from FOR r.name_length)
    LEFT JOIN LATERAL (
      (SELECT false AS passing, ${columns('c.last_id')} FROM ${schema}.chunk c
        WHERE r.kind <> ${DOWNWARDS} AND c.subject_number = s.number
          AND c.last_id >= greatest(r.from_id, s.first_id) AND ${living}
        ORDER BY c.last_id LIMIT r.most)
      UNION ALL
      (SELECT false, ${columns('-c.last_id')} FROM ${schema}.chunk c
        WHERE r.kind = ${DOWNWARDS} AND c.subject_number = s.number AND c.last_id >= s.first_id
          AND c.first_id <= r.from_id AND ${living}
          AND c.last_id <= coalesce((SELECT b.last_id FROM ${schema}.chunk b
            WHERE b.subject_number = s.number AND b.last_id >= r.from_id ORDER BY b.last_id LIMIT 1), s.last_id)
        ORDER BY c.last_id DESC LIMIT r.most)
      UNION ALL
      (SELECT true, ${columns('c.last_id')} FROM ${schema}.transient_chunk c
        WHERE r.kind = ${UPWARDS_WITH_TRANSIENT} AND c.subject_number = s.number AND c.last_id >= r.from_id
        ORDER BY c.last_id LIMIT r.most)
    ) c ON true
), numbered AS (
  SELECT f.*, row_number() OVER (PARTITION BY f.n, f.passing ORDER BY f.position) AS ordinal FROM found f
), bounded AS (
  SELECT b.*,
    coalesce(sum(b.bytes) OVER (ORDER BY b.n, b.ordinal GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS bytes_before,
    coalesce(sum(b.messages) FILTER (WHERE b.ordinal > 1) OVER (PARTITION BY b.n ORDER BY b.ordinal
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS messages_before
  FROM numbered b
)
SELECT n::integer, most, now_us, first_id, last_id, passing, chunk_first_id, chunk_last_id, publish_time_us,
  CASE WHEN bytes_before < $7::bigint AND messages_before < most THEN value END AS value
FROM bounded ORDER BY n, ordinal, passing`,
  };
}

/** The parameters of {@link readStatement}. */
export function readParameters(ranges: readonly ReadRange[], maxBytes: number): readonly Parameter[] {
  const names = ByteColumn.ofTexts(ranges.map(({ subject }) => subject));
  const kind = ({ backwards, transient }: ReadRange): number => {
    if (backwards === true) return DOWNWARDS;
    return transient === true ? UPWARDS_WITH_TRANSIENT : UPWARDS;
  };
  return [
    names.bytes,
    names.from,
    names.lengths,
    arrayOf(ranges.map(({ fromId }) => fromId)),
    arrayOf(ranges.map(({ maxMessages }) => Math.min(maxMessages, MAX_CHUNKS_PER_RANGE - 1) + 1)),
    arrayOf(ranges.map(kind)),
    maxBytes,
  ];
}
