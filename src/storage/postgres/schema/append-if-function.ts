import {
  CHUNK_PARAMETERS,
  insertLasting,
  insertTransient,
  PLANNED_ONCE,
  rememberBatch,
  showAppend,
} from './append-function.js';
import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * Appends segments with conditions, one by one: those of subject `s` are `p_segment_from[s]` to `p_segment_to[s]`. A
 * length of -1 says that there is no such text, an expected id of -1 that there is no such condition. Outcomes are four
 * numbers per segment; the first says which (see `outcomes.ts`).
 */
export function appendIfFunction(names: SqlNames): string {
  const { schema } = names;
  const place = { number: 'v_subject.number', firstId: 'v_last_id + 1', timeUs: 'v_time_us' };
  const textOf = (what: string): string => `substring(p_${what}s FROM p_${what}_from[i] FOR p_${what}_length[i])`;
  return `
CREATE FUNCTION ${schema}.append_if(
  p_slot uuid, p_batch bigint,
  p_names bytea, p_name_from integer[], p_name_length integer[], p_segment_from integer[], p_segment_to integer[],
  p_ids integer[], p_messages integer[], p_bytes bigint[], p_life bigint[],
  p_keys bytea, p_key_from integer[], p_key_length integer[], p_digests bytea, p_digest_from integer[], p_digest_length integer[],
  p_window bigint[], p_locks bytea, p_lock_from integer[], p_lock_length integer[], p_token bigint[], p_expected bigint[],
  p_chunks_from integer[], p_chunks_to integer[], p_passing_from integer[], p_passing_to integer[], ${CHUNK_PARAMETERS},
  OUT outcomes bigint[], OUT now_us bigint
) LANGUAGE plpgsql ${PLANNED_ONCE} AS $function$
DECLARE
  v_outcomes bigint[] := '{}';
  v_subject ${schema}.subject;
  v_key ${schema}.idempotency;
  v_now_us bigint;
  v_time_us bigint;
  v_last_id bigint;
  v_messages bigint;
  v_bytes bigint;
  v_name bytea;
  v_text bytea;
  v_token bigint;
BEGIN
  ${showAppend(names)}
  FOR n IN 1 .. cardinality(p_name_from) LOOP
    v_name := substring(p_names FROM p_name_from[n] FOR p_name_length[n]);
    SELECT * INTO v_subject FROM ${schema}.subject WHERE name = v_name FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO ${schema}.subject
          (name, last_id, first_id, last_publish_time_us, trimmed_time_us, messages, bytes)
        VALUES (v_name, 0, 1, 0, 0, 0, 0) ON CONFLICT (name) DO NOTHING;
      SELECT * INTO v_subject FROM ${schema}.subject WHERE name = v_name FOR UPDATE;
    END IF;
    v_now_us := ${NOW_US};
    v_time_us := greatest(v_now_us, v_subject.last_publish_time_us);
    v_last_id := v_subject.last_id;
    v_messages := 0;
    v_bytes := 0;
    FOR i IN p_segment_from[n] .. p_segment_to[n] LOOP
      IF p_key_length[i] >= 0 THEN
        v_text := ${textOf('key')};
        SELECT * INTO v_key FROM ${schema}.idempotency
          WHERE subject_number = v_subject.number AND key = v_text AND forgotten_time_us > v_now_us;
        IF FOUND THEN
          IF v_key.digest = ${textOf('digest')} THEN
            v_outcomes := v_outcomes || ARRAY[1, v_key.id, v_key.publish_time_us, v_key.expire_time_us];
          ELSE
            v_outcomes := v_outcomes || ARRAY[2, v_key.id, 0, 0];
          END IF;
          CONTINUE;
        END IF;
      END IF;
      IF p_lock_length[i] >= 0 THEN
        SELECT token INTO v_token FROM ${schema}.fence
          WHERE subject_number = v_subject.number AND lock = ${textOf('lock')};
        IF FOUND AND v_token > p_token[i] THEN
          v_outcomes := v_outcomes || ARRAY[3, v_token, 0, 0];
          CONTINUE;
        END IF;
      END IF;
      IF p_expected[i] >= 0 AND p_expected[i] <> v_last_id THEN
        v_outcomes := v_outcomes || ARRAY[4, v_last_id, 0, 0];
        CONTINUE;
      END IF;
      IF p_key_length[i] >= 0 THEN
        INSERT INTO ${schema}.idempotency AS k VALUES (v_subject.number, v_text, ${textOf('digest')}, v_last_id + 1,
            v_time_us, CASE WHEN p_life[i] = 0 THEN 0 ELSE v_time_us + p_life[i] END, v_time_us + p_window[i])
          ON CONFLICT (subject_number, key) DO UPDATE SET digest = excluded.digest, id = excluded.id,
            publish_time_us = excluded.publish_time_us, expire_time_us = excluded.expire_time_us,
            forgotten_time_us = excluded.forgotten_time_us;
      END IF;
      IF p_lock_length[i] >= 0 THEN
        INSERT INTO ${schema}.fence AS f VALUES (v_subject.number, ${textOf('lock')}, p_token[i])
          ON CONFLICT (subject_number, lock) DO UPDATE SET token = excluded.token WHERE f.token < excluded.token;
      END IF;
      ${insertLasting(schema, place, 'generate_series(p_chunks_from[i], p_chunks_to[i]) c')};
      IF p_passing_from[i] <= p_passing_to[i] THEN
        ${insertTransient(schema, place, 'generate_series(p_passing_from[i], p_passing_to[i]) c')};
      END IF;
      v_outcomes := v_outcomes || ARRAY[0, v_last_id + 1, v_time_us, 0];
      v_last_id := v_last_id + p_ids[i];
      v_messages := v_messages + p_messages[i];
      v_bytes := v_bytes + p_bytes[i];
    END LOOP;
    IF v_last_id > v_subject.last_id THEN
      UPDATE ${schema}.subject SET last_id = v_last_id, last_publish_time_us = v_time_us,
          messages = messages + v_messages, bytes = bytes + v_bytes
        WHERE name = v_name;
    END IF;
  END LOOP;
  ${rememberBatch(names)}
  outcomes := v_outcomes;
  now_us := ${NOW_US};
END $function$;`;
}
