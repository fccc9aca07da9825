import type { WaybillClient } from '../../client/index.js';
import type { Goal } from './goal.js';
import type { Measurement } from './measurement.js';

export interface BenchParameters {
  /** Publishers or subscribers that work at the same time. */
  readonly clients: number;
  /** Connections that they share. */
  readonly connections: number;
  /** Bytes of each body. */
  readonly size: number;
  /** Most calls or frames of one client that are not yet answered. */
  readonly inFlight: number;
  /** Messages in a frame of a stream. */
  readonly batch: number;
  /** Messages to publish or replay; undefined where only the time counts. */
  readonly count: number | undefined;
  /** Subjects `<prefix>.0`, `<prefix>.1` … that the clients take in turn. */
  readonly subjects: readonly string[];
}

export interface BenchRun {
  readonly clients: readonly WaybillClient[];
  readonly parameters: BenchParameters;
  readonly measurement: Measurement;
  readonly goal: Goal;
  readonly signal: AbortSignal;
  /** Tells what is being prepared, outside of the measured time. */
  readonly preparing: (what: string) => void;
}

/** One kind of benchmark; resolves when its goal is reached. */
export type Scenario = (run: BenchRun) => Promise<void>;

/** Runs `work` for each of `count` workers at the same time. */
export async function forEachWorker(count: number, work: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** The member number `index` of a ring. */
export function inTurn<T>(ring: readonly T[], index: number): T {
  const member = ring[index % ring.length];
  if (member === undefined) throw new RangeError('an empty ring has no members');
  return member;
}
