import { NOW_US } from './sql-names.js';
import type { SqlNames } from './sql-names.js';

/**
 * Finds out what became of a batch whose answer was lost: its outcomes when it was committed; otherwise null, and the
 * slot is moved beyond it, so that it fails should it only begin now. Waits while it is being committed.
 */
export const settleFunction = ({ schema }: SqlNames): string => `
CREATE FUNCTION ${schema}.settle(p_slot uuid, p_batch bigint, OUT outcomes bigint[])
LANGUAGE plpgsql AS $function$
BEGIN
  INSERT INTO ${schema}.writer AS w VALUES (p_slot, p_batch + 1, '{}', ${NOW_US})
    ON CONFLICT (slot) DO UPDATE SET batch = p_batch + 1, outcomes = '{}', used_time_us = ${NOW_US}
      WHERE w.batch < p_batch;
  SELECT w.outcomes INTO outcomes FROM ${schema}.writer w WHERE w.slot = p_slot AND w.batch = p_batch;
END $function$;`;
