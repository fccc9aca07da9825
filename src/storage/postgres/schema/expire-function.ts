import { TRANSIENT_LIFE_US } from '../../storage.js';
import { NOW_US, SOLE_TASK } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/** Rows of one kind that a step removes at most, and after how many messages of chunks it stops. */
const MAX_ROWS = 500;
const MAX_MESSAGES = 1000;

/** A process that has not written for so long has ended, or writes its slot anew. */
const SLOT_LIFE_US = 24 * 3_600_000_000;

/** Deletes rows that nobody else holds; true when there may be more. */
const deleteOld = (schema: string, table: string, column: string, before: string): string => `
  DELETE FROM ${schema}.${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${schema}.${table}
    WHERE ${column} > 0 AND ${column} <= ${before} ORDER BY ${column} LIMIT ${MAX_ROWS} FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  v_more := v_more OR v_rows = ${MAX_ROWS};`;

/**
 * Removes what has expired and what a purge has left, a bounded step; true when there is more to do now. One process at a
 * time does it, the others have nothing to do meanwhile. The rows of subjects are locked before those of their chunks, in
 * the order of their names, as everywhere.
 */
export const expireFunction = ({ schema, taskLocks }: SqlNames): string => `
CREATE FUNCTION ${schema}.expire_step() RETURNS boolean LANGUAGE plpgsql AS $function$
DECLARE
  v_now_us bigint := ${NOW_US};
  v_more boolean := false;
  v_rows integer;
  v_purged ${schema}.purged;
  v_numbers bigint[];
  v_ids bigint[];
  v_number bigint;
  v_subject ${schema}.subject;
  v_first_id bigint;
  v_removed record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(${taskLocks}, ${SOLE_TASK.expire}) THEN
    RETURN false;
  END IF;

  SELECT * INTO v_purged FROM ${schema}.purged LIMIT 1;
  IF FOUND THEN
    DELETE FROM ${schema}.chunk WHERE subject_number = v_purged.subject_number AND last_id = ANY (ARRAY(
      SELECT last_id FROM ${schema}.chunk
        WHERE subject_number = v_purged.subject_number AND last_id < v_purged.before_id
        ORDER BY last_id LIMIT ${MAX_ROWS}));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows < ${MAX_ROWS} THEN
      DELETE FROM ${schema}.purged
        WHERE subject_number = v_purged.subject_number AND before_id = v_purged.before_id;
    END IF;
    RETURN true;
  END IF;

  SELECT array_agg(subject_number), array_agg(last_id), coalesce(bool_or(seen = ${MAX_ROWS} OR taken >= ${MAX_MESSAGES}), false)
    INTO v_numbers, v_ids, v_more
    FROM (
      SELECT subject_number, last_id, count(*) OVER () AS seen,
          sum(messages) OVER (ORDER BY expire_time_us, subject_number, last_id) AS taken,
          coalesce(sum(messages) OVER (ORDER BY expire_time_us, subject_number, last_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS prior
        FROM (SELECT subject_number, last_id, expire_time_us, messages FROM ${schema}.chunk
          WHERE expire_time_us > 0 AND expire_time_us <= v_now_us ORDER BY expire_time_us LIMIT ${MAX_ROWS}) expired
    ) counted WHERE prior < ${MAX_MESSAGES};
  IF v_numbers IS NOT NULL THEN
    PERFORM 1 FROM ${schema}.subject WHERE number = ANY (v_numbers) ORDER BY name FOR UPDATE;
    FOR v_number IN SELECT DISTINCT n FROM unnest(v_numbers) n LOOP
      SELECT * INTO v_subject FROM ${schema}.subject WHERE number = v_number;
      SELECT greatest(v_subject.first_id, c.first_id) INTO v_first_id FROM ${schema}.chunk c
        WHERE c.subject_number = v_number AND c.last_id >= v_subject.first_id AND NOT EXISTS (
          SELECT 1 FROM unnest(v_numbers, v_ids) AS gone (number, id)
            WHERE gone.number = v_number AND gone.id = c.last_id)
        ORDER BY c.last_id LIMIT 1;
      v_first_id := coalesce(v_first_id, v_subject.last_id + 1);
      WITH removed AS (
        DELETE FROM ${schema}.chunk c USING unnest(v_numbers, v_ids) AS gone (number, id)
          WHERE gone.number = v_number AND c.subject_number = v_number AND c.last_id = gone.id
          RETURNING c.last_id, c.publish_time_us, c.messages, c.bytes
      )
      SELECT coalesce(sum(messages) FILTER (WHERE last_id >= v_subject.first_id), 0) AS messages,
          coalesce(sum(bytes) FILTER (WHERE last_id >= v_subject.first_id), 0) AS bytes,
          coalesce(max(publish_time_us) FILTER (WHERE last_id < v_first_id), 0) AS time_us
        INTO v_removed FROM removed;
      UPDATE ${schema}.subject SET
          first_id = v_first_id,
          trimmed_time_us = greatest(trimmed_time_us, v_removed.time_us),
          messages = messages - v_removed.messages,
          bytes = bytes - v_removed.bytes
        WHERE name = v_subject.name;
    END LOOP;
  END IF;

  ${deleteOld(schema, 'transient_chunk', 'publish_time_us', `v_now_us - ${TRANSIENT_LIFE_US}`)}
  ${deleteOld(schema, 'idempotency', 'forgotten_time_us', 'v_now_us')}
  ${deleteOld(schema, 'record', 'expire_time_us', 'v_now_us')}
  ${deleteOld(schema, 'writer', 'used_time_us', `v_now_us - ${SLOT_LIFE_US}`)}
  RETURN v_more;
END $function$;`;
