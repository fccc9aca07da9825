import { type CallCounts, unservedShare } from './error-window.js';
import type { Buckets, LogHistogram } from './log-histogram.js';
import type { Machine } from './machine.js';

/** Milliseconds. */
export interface Percentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** The calls of a part of a load. */
export interface LoadFigures extends CallCounts {
  readonly seconds: number;
  readonly asked: number;
  /** Answers per second: those that came in this time, to whatever was due until then. */
  readonly perSecond: number;
  /** From 0 to 1: what failed or was dropped, of all calls. */
  readonly unserved: number;
  /** Of calls that succeeded, from when they were due. */
  readonly latencyMs: Percentiles;
}

/** One second of a load. */
export interface LoadSecond extends CallCounts {
  /** Counted from 1. */
  readonly second: number;
  readonly asked: number;
  readonly inFlight: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export type LoadEnd = 'complete' | 'interrupted' | 'too many errors';

export interface LoadSettings {
  readonly protocol: 'v1' | 'compat';
  readonly connections: number;
  readonly from: number;
  readonly to: number;
  /** Milliseconds. */
  readonly warmUpMs: number;
  readonly riseMs: number;
  readonly holdMs: number;
  /** From 0 to 1. */
  readonly fetchShare: number;
  readonly subscribers: number;
  readonly maxInFlight: number;
  /** From 0 to 1. */
  readonly maxErrors: number;
  /** Bytes. */
  readonly body: { readonly min: number; readonly max: number };
}

/** What `--results` writes and `waybill load compare` reads. */
export interface LoadResults {
  /** Of this file. */
  readonly format: 1;
  /** ISO 8601 */
  readonly startTime: string;
  readonly ended: LoadEnd;
  /** Version of the load client. */
  readonly version: string;
  readonly machine: Machine;
  /** Undefined when the server does not tell. */
  readonly server?: { readonly version: string; readonly storage: string; readonly durability: string };
  /** What the caller wants to be remembered, such as the commit. */
  readonly notes: Readonly<Record<string, string>>;
  readonly settings: LoadSettings;
  readonly total: LoadFigures;
  /** While the rate held; undefined when it never did. */
  readonly hold?: LoadFigures;
  readonly publishMs: Percentiles;
  readonly fetchMs?: Percentiles;
  /** From when a message was due to be published to its delivery, over all subscribers. */
  readonly delivery?: { readonly expected: number; readonly received: number; readonly latencyMs: Percentiles };
  /** How late the load client itself started calls: the precision of the other figures. */
  readonly startDelayMs: Percentiles;
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: readonly LoadSecond[];
  /** Of the latencies of all calls that succeeded. */
  readonly latencyBuckets: Buckets;
}

/** Rounded to the microsecond that the values have. */
export function percentilesOf(histogram: LogHistogram): Percentiles {
  const rounded = (us: number): number => Math.round(us) / 1000;
  const at = (rank: number): number => rounded(histogram.percentileUs(rank));
  return {
    mean: rounded(histogram.meanUs),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: rounded(histogram.maxUs),
  };
}

/** What {@link figuresOf} takes of a part of a load. */
export interface LoadPart {
  readonly counts: CallCounts;
  readonly asked: number;
  readonly seconds: number;
  /** Answers that came within it. */
  readonly answered: number;
  readonly latencies: LogHistogram;
}

export function figuresOf({ counts, asked, seconds, answered, latencies }: LoadPart): LoadFigures {
  const { succeeded, failed, dropped } = counts;
  return {
    seconds,
    asked,
    succeeded,
    failed,
    dropped,
    perSecond: seconds === 0 ? 0 : Math.round((answered / seconds) * 10) / 10,
    unserved: unservedShare(counts),
    latencyMs: percentilesOf(latencies),
  };
}
