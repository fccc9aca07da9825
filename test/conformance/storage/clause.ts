import type { Capabilities, Storage } from '../../../src/storage/storage.js';
import type { StorageHarness, StorageTime } from './harness.js';

/** The parts of the storage contract, each in the file of its name. */
export const CLAUSES = [
  'lifecycle',
  'append',
  'conditions',
  'read',
  'heads-and-subjects',
  'time',
  'expiry',
  'purge',
  'transient',
  'isolation',
  'records',
  'hints',
  'durability',
  'failure',
  'bytes',
  'concurrency',
  'model',
] as const;

export type Clause = (typeof CLAUSES)[number];

/** What a clause is run against: a fresh, empty storage of its own. */
export interface ClauseContext {
  readonly storage: Storage;
  readonly harness: StorageHarness;
  readonly time: StorageTime;
  /** Closes {@link storage} and everything opened here, then opens the same data again. */
  reopen(): Promise<Storage>;
  /** Opens the same data a second time, as another process; only when `capabilities.shared`. */
  openPeer(): Promise<Storage>;
  /** Opens other, empty data of the same backend. */
  openOther(): Promise<Storage>;
}

/** One promise of the contract. `run` rejects when it is broken. */
export interface ClauseCase {
  readonly title: string;
  /** The promise is made only by storages with these capabilities; by all when absent. */
  readonly appliesTo?: (capabilities: Capabilities) => boolean;
  /** Needs a clock that moves only when told to. */
  readonly needsManualTime?: boolean;
  /** Says how `expire()` removes, so there must be something for it to do. */
  readonly needsExpire?: boolean;
  run(context: ClauseContext): Promise<void>;
}
