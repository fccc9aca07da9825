import { rememberBatch } from './append-function.js';
import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * Commits to a partition, one at a time by a lock on the partition's name, so that versions of the one sequence increase
 * within it. A refused commit writes nothing, so it waits for no disk. Outcomes: -1, the version and the time; or the
 * position of the first condition that failed.
 */
export function commitFunction(names: SqlNames): string {
  const { schema, partitionLocks } = names;
  const keyOf = (list: string): string => `substring(p_keys FROM p_${list}_from[n] FOR p_${list}_length[n])`;
  const all = (list: string): string => `generate_series(1, cardinality(p_${list}_from)) n`;
  return `
CREATE FUNCTION ${schema}.commit_records(
  p_slot uuid, p_batch bigint, p_partition bytea, p_lock integer, p_keys bytea,
  p_condition_from integer[], p_condition_length integer[], p_condition_version bigint[],
  p_put_from integer[], p_put_length integer[], p_put_life bigint[],
  p_value_from integer[], p_value_length integer[], p_values bytea,
  p_delete_from integer[], p_delete_length integer[],
  OUT outcomes bigint[], OUT now_us bigint
) LANGUAGE plpgsql AS $function$
DECLARE
  v_outcomes bigint[];
  v_failed integer;
  v_version bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(${partitionLocks}, p_lock);
  now_us := ${NOW_US};
  IF cardinality(p_condition_from) > 0 THEN
    SELECT min(n) INTO v_failed
      FROM ${all('condition')} LEFT JOIN ${schema}.record r
        ON r.partition = p_partition AND r.key = ${keyOf('condition')}
          AND (r.expire_time_us = 0 OR r.expire_time_us > now_us)
      WHERE coalesce(r.version, 0) <> p_condition_version[n];
    IF v_failed IS NOT NULL THEN
      outcomes := ARRAY[v_failed - 1, 0, 0];
      RETURN;
    END IF;
  END IF;
  v_version := nextval('${schema}.record_version');
  IF cardinality(p_delete_from) > 0 THEN
    DELETE FROM ${schema}.record r USING ${all('delete')}
      WHERE r.partition = p_partition AND r.key = ${keyOf('delete')};
  END IF;
  IF cardinality(p_put_from) > 0 THEN
    INSERT INTO ${schema}.record AS r (partition, key, value, version, expire_time_us)
      SELECT p_partition, ${keyOf('put')}, substring(p_values FROM p_value_from[n] FOR p_value_length[n]), v_version,
          CASE WHEN p_put_life[n] = 0 THEN 0 ELSE now_us + p_put_life[n] END
        FROM ${all('put')}
      ON CONFLICT (partition, key) DO UPDATE SET value = excluded.value, version = excluded.version,
        expire_time_us = excluded.expire_time_us;
  END IF;
  v_outcomes := ARRAY[-1, v_version, now_us];
  ${rememberBatch(names)}
  outcomes := v_outcomes;
END $function$;`;
}
