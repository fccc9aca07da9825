import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * While an append runs it holds a lock whose number is the time at which it began, in milliseconds modulo 2^32. It is
 * taken before the publish time is read, so `settled_time_us` finds everyone who may still publish with an early time.
 */
export const showAppend = ({ appendLocks }: SqlNames): string =>
  `PERFORM pg_advisory_xact_lock_shared(${appendLocks}, ((${NOW_US} / 1000) % 4294967296 - 2147483648)::integer);`;

/**
 * Remembers what came of the batch in the same transaction, for whoever has to find out after a lost connection. A batch
 * that was given up meanwhile (`settle`) finds the slot beyond it and fails on the primary key, which undoes it all.
 */
export const rememberBatch = ({ schema }: SqlNames): string => `
  UPDATE ${schema}.writer SET batch = p_batch, outcomes = v_outcomes, used_time_us = ${NOW_US}
    WHERE slot = p_slot AND batch < p_batch;
  IF NOT FOUND THEN
    INSERT INTO ${schema}.writer VALUES (p_slot, p_batch, v_outcomes, ${NOW_US});
  END IF;`;

/** What an insert of a subject's first messages becomes when the subject is there already; its alias is `s`. */
export const COUNT_UP = `ON CONFLICT (name) DO UPDATE SET
        last_id = s.last_id + excluded.last_id,
        last_publish_time_us = greatest(s.last_publish_time_us, ${NOW_US}),
        messages = s.messages + excluded.messages,
        bytes = s.bytes + excluded.bytes`;

/** One plan for all calls, made once: what it costs does not show in it, so planning again would never find a better. */
export const PLANNED_ONCE = 'SET plan_cache_mode = force_generic_plan SET jit = off';

const insertChunks = (table: string, columns: readonly (readonly [string, string])[], from: string): string =>
  `INSERT INTO ${table} (${columns.map(([column]) => column).join(', ')})
    SELECT ${columns.map(([, value]) => value).join(', ')} FROM ${from}`;

/** Columns of a chunk with index `c` for a run that begins at the given id and time. */
function chunkColumns(place: { readonly number: string; readonly firstId: string; readonly timeUs: string }) {
  const { number, firstId, timeUs } = place;
  return [
    ['subject_number', number],
    ['last_id', `${firstId} + p_chunk_last[c]`],
    ['first_id', `${firstId} + p_chunk_first[c]`],
    ['publish_time_us', timeUs],
    ['messages', 'p_chunk_messages[c]'],
    ['bytes', 'p_chunk_bytes[c]'],
    ['value', 'substring(p_values FROM p_chunk_from[c] FOR p_chunk_length[c])'],
  ] as const;
}

/** Inserts the lasting chunks that `from` gives as `c`, beside whatever else it joins. */
export function insertLasting(schema: string, place: Parameters<typeof chunkColumns>[0], from: string): string {
  const expiry = `CASE WHEN p_chunk_life[c] = 0 THEN 0 ELSE ${place.timeUs} + p_chunk_life[c] END`;
  return insertChunks(`${schema}.chunk`, [...chunkColumns(place), ['expire_time_us', expiry]], from);
}

/** The same for transient chunks. */
export function insertTransient(schema: string, place: Parameters<typeof chunkColumns>[0], from: string): string {
  return insertChunks(`${schema}.transient_chunk`, chunkColumns(place), from);
}

/** Parameters of chunks: the first `p_lasting` of them are lasting, the others transient; ids count from the run's. */
export const CHUNK_PARAMETERS = `
  p_lasting integer, p_chunk_run integer[], p_chunk_first integer[], p_chunk_last integer[], p_chunk_life bigint[],
  p_chunk_messages integer[], p_chunk_bytes integer[], p_chunk_from integer[], p_chunk_length integer[], p_values bytea`;

/**
 * Appends one run of messages to each of some subjects, without conditions. The rows of the subjects are locked in the
 * order given, until the commit, so ids become visible in their order; the publish time is read under that lock.
 */
export function appendFunction(names: SqlNames): string {
  const { schema } = names;
  const name = 'substring(p_names FROM p_name_from[i] FOR p_name_length[i])';
  const place = { number: 'p.number', firstId: 'p.first_id', timeUs: 'p.time_us' };
  return `
CREATE FUNCTION ${schema}.append(
  p_slot uuid, p_batch bigint,
  p_names bytea, p_name_from integer[], p_name_length integer[],
  p_ids integer[], p_messages integer[], p_bytes bigint[], ${CHUNK_PARAMETERS},
  OUT outcomes bigint[], OUT now_us bigint
) LANGUAGE plpgsql ${PLANNED_ONCE} AS $function$
DECLARE
  v_count integer := cardinality(p_ids);
  v_chunks integer := cardinality(p_chunk_run);
  v_outcomes bigint[];
BEGIN
  ${showAppend(names)}
  WITH counted AS (
    INSERT INTO ${schema}.subject AS s
        (name, last_id, first_id, last_publish_time_us, trimmed_time_us, messages, bytes)
      SELECT ${name}, p_ids[i], 1, ${NOW_US}, 0, p_messages[i], p_bytes[i]
        FROM generate_series(1, v_count) i ORDER BY i
      ${COUNT_UP}
    RETURNING s.name, s.number, s.last_id, s.last_publish_time_us
  ), placed AS MATERIALIZED (
    SELECT i AS run, s.number, s.last_id - p_ids[i] + 1 AS first_id, s.last_publish_time_us AS time_us
      FROM generate_series(1, v_count) i JOIN counted s ON s.name = ${name}
  ), lasting AS (
    ${insertLasting(schema, place, 'generate_series(1, p_lasting) c JOIN placed p ON p.run = p_chunk_run[c]')}
  ), passing AS (
    ${insertTransient(schema, place, 'generate_series(p_lasting + 1, v_chunks) c JOIN placed p ON p.run = p_chunk_run[c]')}
  )
  SELECT array_agg(ARRAY[0, p.first_id, p.time_us, 0] ORDER BY p.run) INTO v_outcomes FROM placed p;
  ${rememberBatch(names)}
  outcomes := v_outcomes;
  now_us := ${NOW_US};
END $function$;`;
}
