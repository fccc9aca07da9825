import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * `settled_time_us`: the clock is read before the locks of the appends under way. One that is not among them has either
 * ended, and can be read, or reads its clock later.
 *
 * `id_at_time`: looks for the first chunk that was published at a time or later; publish times increase with ids. An id
 * without a message counts with the chunk that follows.
 */
export const timeFunctions = ({ schema, appendLocks }: SqlNames): string => `
CREATE FUNCTION ${schema}.settled_time_us() RETURNS bigint LANGUAGE plpgsql AS $function$
DECLARE
  v_now_us bigint := ${NOW_US};
  v_now_ms bigint := v_now_us / 1000;
  v_age_ms bigint;
BEGIN
  SELECT max(((v_now_ms - l.objid::bigint + 2147483648 + 60000) % 4294967296) - 60000) INTO v_age_ms
    FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = ${appendLocks >>> 0}
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
  RETURN least(v_now_us, (v_now_ms - coalesce(v_age_ms, 0)) * 1000) - 1;
END $function$;

CREATE FUNCTION ${schema}.id_at_time(p_name bytea, p_time_us bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $function$
DECLARE
  v_subject ${schema}.subject;
  v_chunk record;
  v_low bigint;
  v_high bigint;
  v_middle bigint;
BEGIN
  SELECT * INTO v_subject FROM ${schema}.subject WHERE name = p_name;
  IF NOT FOUND OR v_subject.last_id = 0 THEN
    RETURN 1;
  ELSIF p_time_us > v_subject.last_publish_time_us THEN
    RETURN v_subject.last_id + 1;
  ELSIF p_time_us <= v_subject.trimmed_time_us THEN
    RETURN 1;
  END IF;
  v_low := v_subject.first_id;
  v_high := v_subject.last_id + 1;
  WHILE v_low < v_high LOOP
    v_middle := v_low + (v_high - v_low) / 2;
    SELECT c.first_id, c.last_id, c.publish_time_us INTO v_chunk FROM ${schema}.chunk c
      WHERE c.subject_number = v_subject.number AND c.last_id >= v_middle ORDER BY c.last_id LIMIT 1;
    IF NOT FOUND OR v_chunk.publish_time_us >= p_time_us THEN
      v_high := greatest(v_low, least(v_middle, v_chunk.first_id));
    ELSE
      v_low := v_chunk.last_id + 1;
    END IF;
  END LOOP;
  RETURN v_low;
END $function$;`;
