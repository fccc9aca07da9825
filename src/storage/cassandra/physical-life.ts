import { NEVER_EXPIRES } from '../../core/message.js';

/**
 * Seconds by which Cassandra keeps everything longer than it lives: nodes count a time to live down by their own clocks,
 * and the row of a batch is the proof that it was applied, for as long as its writer may ask.
 */
const SLACK_SECONDS = 60;

/** Longest time to live that Cassandra takes: 20 years. */
const MAX_SECONDS = 630_720_000;

/** Cassandra before 5.0 cannot store an end after 2038-01-19T03:14:06Z. */
const LAST_END_SECONDS = 2 ** 31 - 2;

/**
 * The `TTL` of a statement, in seconds; 0 keeps the row. Always longer than what it is for, whose own time is what counts.
 * What would end beyond Cassandra's calendar is kept until it is purged.
 */
export function ttlSeconds(expireTimeUs: number, nowUs: number): number {
  if (expireTimeUs === NEVER_EXPIRES) return 0;
  const seconds = Math.max(0, Math.ceil((expireTimeUs - nowUs) / 1_000_000)) + SLACK_SECONDS;
  return seconds > MAX_SECONDS || nowUs / 1_000_000 + seconds > LAST_END_SECONDS ? 0 : seconds;
}
