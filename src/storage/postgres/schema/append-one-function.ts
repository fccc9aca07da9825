import { COUNT_UP, rememberBatch, showAppend } from './append-function.js';
import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * Appends what is one lasting chunk of one subject, without conditions: what a broker with little to do writes, and where
 * every microsecond of the function is one of the publisher's. The same as `append` otherwise.
 */
export function appendOneFunction(names: SqlNames): string {
  const { schema } = names;
  const returning =
    'RETURNING s.number, s.last_id - p_ids + 1, s.last_publish_time_us INTO v_number, v_first_id, v_time_us';
  return `
CREATE FUNCTION ${schema}.append_one(
  p_slot uuid, p_batch bigint, p_name bytea, p_ids integer, p_messages integer, p_bytes bigint,
  p_first integer, p_last integer, p_life bigint, p_value bytea,
  OUT outcomes bigint[], OUT now_us bigint
) LANGUAGE plpgsql AS $function$
DECLARE
  v_number bigint;
  v_first_id bigint;
  v_time_us bigint;
  v_outcomes bigint[];
BEGIN
  ${showAppend(names)}
  UPDATE ${schema}.subject s SET
      last_id = s.last_id + p_ids,
      last_publish_time_us = greatest(s.last_publish_time_us, ${NOW_US}),
      messages = s.messages + p_messages,
      bytes = s.bytes + p_bytes
    WHERE s.name = p_name ${returning};
  IF NOT FOUND THEN
    INSERT INTO ${schema}.subject AS s
        (name, last_id, first_id, last_publish_time_us, trimmed_time_us, messages, bytes)
      VALUES (p_name, p_ids, 1, ${NOW_US}, 0, p_messages, p_bytes)
      ${COUNT_UP}
      ${returning};
  END IF;
  INSERT INTO ${schema}.chunk
      (subject_number, last_id, first_id, publish_time_us, expire_time_us, messages, bytes, value)
    VALUES (v_number, v_first_id + p_last, v_first_id + p_first, v_time_us,
      CASE WHEN p_life = 0 THEN 0 ELSE v_time_us + p_life END, p_messages, p_bytes, p_value);
  v_outcomes := ARRAY[0, v_first_id, v_time_us, 0];
  ${rememberBatch(names)}
  outcomes := v_outcomes;
  now_us := ${NOW_US};
END $function$;`;
}
