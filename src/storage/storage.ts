/**
 * The storage contract. Everything above is written once, over {@link MessageLog} and {@link RecordStore}; a driver
 * implements both and proves it with the conformance suite (`test/conformance/storage`).
 *
 * Rules for every method of every driver:
 *
 * - Failures are `BrokerError`s. The reasons named here are part of the contract; besides them any method may fail with
 *   STORAGE_UNAVAILABLE (the storage cannot be reached or is closed), DATA_LOSS (a damaged record, `fields.subject`
 *   and `fields.id` name it) and INTERNAL. Raw errors of a client library never get out.
 * - Times and expiry follow the storage's clock. Expiry is checked in every read, so an expired message or record is
 *   absent at once; removing its bytes is the business of `expire()`.
 * - Methods may be called concurrently, from several processes where `capabilities.shared` says so.
 * - A Uint8Array that is handed out may be a view of a larger buffer, and a buffer handed in is not changed by the
 *   caller until the promise settles, nor kept by the driver beyond that.
 */
import type { BrokerError } from '../core/errors.js';
import type { Header, Message } from '../core/message.js';

export type StorageName = 'memory' | 'embedded' | 'postgres' | 'cassandra' | 'redis';

/** What a storage can promise. A value of all `none`/`false` promises least, so a forgotten field is never a lie. */
export interface Capabilities {
  /**
   * What an acknowledged append survives. `none`: nothing beyond this process; `process`: kill -9 of the broker;
   * `machine`: power loss too.
   */
  readonly durability: 'none' | 'process' | 'machine';
  /** One `append` call is applied as a whole; otherwise it is atomic for each subject by itself. */
  readonly atomicAcrossSubjects: boolean;
  /** Several broker processes may use the storage at once. */
  readonly shared: boolean;
  /** `watch` also reports what other processes have written. */
  readonly remoteHints: boolean;
  /**
   * `publishTimeUs` strictly increases from one append to the next over all subjects, so that a time is a position in
   * the whole log. Otherwise only per subject, and never decreasing.
   */
  readonly totalOrder: boolean;
}

/**
 * How long a shared storage keeps a transient message, so that the feeds of other processes come by it; a process that
 * has been away for longer misses it. Ten seconds outlast the longest time between two polls.
 */
export const TRANSIENT_LIFE_US = 10_000_000;

/** `expectedLastId` of an item that must be the first message its subject ever had. */
export const EXPECT_EMPTY = 0;

/** Refuses the writers that lost a lock: a subject remembers the largest token it has seen of each lock. */
export interface Fence {
  readonly lock: string;
  /** Safe integer ≥ 1. */
  readonly token: number;
}

/** Makes a repeated append answer the first one's id instead of writing again. */
export interface Idempotency {
  /** 1 to 128 bytes; its scope is the subject. */
  readonly key: string;
  /** Digest of what is published (16 bytes): the same key with another digest is refused. */
  readonly digest: Uint8Array;
  /** How long the key is remembered, also beyond the message's own expiry and purge. */
  readonly windowUs: number;
}

export interface AppendItem {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  /** Microseconds of life from the append; NEVER_EXPIRES (0) keeps the message. */
  readonly ttlUs: number;
  /**
   * The message takes an id and is never part of the log: only a {@link ReadRange} with `transient` shows it, and only
   * for a while.
   */
  readonly transient?: boolean;
  readonly idempotency?: Idempotency;
  /** The id that the subject's last message must have, {@link EXPECT_EMPTY} when there must be none. */
  readonly expectedLastId?: number;
  readonly fence?: Fence;
}

export interface Appended {
  readonly id: number;
  readonly publishTimeUs: number;
  readonly expireTimeUs: number;
  /** The idempotency key had been used with the same content: `id` and times are those of the first append. */
  readonly duplicate: boolean;
}

/**
 * One item's outcome. Failures of a single item: EXPECTED_ID_MISMATCH (`fields.expected`, `fields.actual`),
 * FENCE_STALE (`fields.current_token`), IDEMPOTENCY_KEY_REUSED (`fields.id`), STORAGE_FULL (this subject's bound),
 * MESSAGE_TOO_LARGE (beyond what the storage can hold).
 */
export type AppendResult = Appended | BrokerError;

export interface ReadRange {
  readonly subject: string;
  /** The first id to look at; reading goes from here upwards, or downwards when `backwards`. At least 1. */
  readonly fromId: number;
  readonly backwards?: boolean;
  /** Most messages to return for this range; at least 1. */
  readonly maxMessages: number;
  /**
   * Returns transient messages too, where a storage with `capabilities.shared` still has them
   * ({@link TRANSIENT_LIFE_US}). Only upwards.
   */
  readonly transient?: boolean;
}

export interface ReadResult {
  /** Unexpired messages in reading order. */
  readonly messages: readonly Message[];
  /**
   * Where the next read of this range goes on: everything between `fromId` and here has been returned or does not
   * exist. Upwards it is at most `lastId + 1`; downwards 0 says that the beginning was reached.
   */
  readonly nextId: number;
  /** The subject's first and last id when the range was read, as in {@link SubjectHead}. */
  readonly firstId: number;
  readonly lastId: number;
}

export interface SubjectHead {
  /** The last id given out, 0 for a subject that was never published to. Never decreases. */
  readonly lastId: number;
  /** Publish time of `lastId`; 0 for a subject that was never published to. */
  readonly lastPublishTimeUs: number;
  /**
   * No message with a smaller id can be read any more. `lastId + 1` when none can. It may lag behind expiry, so a
   * message at `firstId` need not exist, but one below it never does.
   */
  readonly firstId: number;
}

export interface SubjectInfo extends SubjectHead {
  readonly subject: string;
  /** Stored messages; those that have expired but are not yet removed may be counted. */
  readonly messages: number;
  /** Bytes of their bodies and headers. */
  readonly bytes: number;
}

export interface PurgeResult {
  readonly messages: number;
  readonly bytes: number;
  /** The subject's `firstId` afterwards (for a dry run: what it would be). */
  readonly firstId: number;
}

/**
 * An append-only sequence per subject. Ids are dense: 1, 2, 3 …, never reused, not after expiry, purge or restart
 * (unless `Storage.epoch` changed). Per subject publish times never decrease with the id.
 *
 * No late arrival: once any reader, in any process, has seen id n, no message with a smaller id appears.
 */
export interface MessageLog {
  /**
   * Appends in the order given and answers each item in the same order. Durable as `capabilities.durability` says when
   * the promise fulfils; nothing can be read before it is durable. An item whose condition fails is answered with its
   * error and takes no id; the others go through. Checked in this order: idempotency key, fence, expected id. Items of
   * one call see the earlier items of the same call.
   *
   * Rejects only when nothing was written: STORAGE_FULL, STORAGE_UNAVAILABLE; or when the outcome is not known:
   * `fields.outcome` is then `unknown`, and appending again may write twice unless items carry idempotency keys.
   */
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;

  /** The message, or undefined when it does not exist (never written, transient, expired or purged). */
  get(subject: string, id: number): Promise<Message | undefined>;

  /**
   * Reads several ranges in one call and answers them in order. `maxBytes` bounds bodies and headers of the whole
   * answer, except that the first message is returned however large it is; ranges that got nothing for lack of room
   * answer `nextId = fromId`. A range may return fewer messages than exist: go on at `nextId`.
   */
  read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]>;

  /** The heads of these subjects, in order. Unknown subjects answer zeroes (`firstId` 1). */
  heads(subjects: readonly string[]): Promise<readonly SubjectHead[]>;

  /** Subjects that were ever published to, in the order of their UTF-8 bytes, from after `after`, those with `prefix`. */
  subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]>;

  /** The smallest id whose publish time is `timeUs` or later; `lastId + 1` when there is none. Expired ids count. */
  idAtTime(subject: string, timeUs: number): Promise<number>;

  /**
   * A time T such that whatever is published at T or before can be read now and nothing with such a time appears
   * later. With `capabilities.totalOrder` it is the time of the last append.
   */
  settledTimeUs(): Promise<number>;

  /**
   * Removes the messages below `beforeId` and answers what was removed; with `dryRun` only counts. Ids go on as before.
   * Atomic: a reader sees all of them or none. Fails with SUBJECT_NOT_FOUND.
   */
  purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult>;

  /**
   * Removes expired messages, idempotency keys and records, a bounded step at a time so that appends are not delayed
   * (about 1,000 messages a call). True when there is more to do now.
   */
  expire(): Promise<boolean>;
}

/** A record inside a partition. */
export interface StoredRecord {
  /** 1 to 512 bytes of UTF-8; keys are ordered by their UTF-8 bytes. */
  readonly key: string;
  readonly value: Uint8Array;
  /** Changes with each put, never repeats within a partition, greater than every earlier one. */
  readonly version: number;
  /** NEVER_EXPIRES, or when the record becomes absent. */
  readonly expireTimeUs: number;
}

/** Holds when the record has exactly this version; version 0 asks that it be absent. */
export interface RecordCondition {
  readonly key: string;
  readonly version: number;
}

export interface RecordPut {
  readonly key: string;
  readonly value: Uint8Array;
  /** Microseconds of life from the commit by the storage's clock; NEVER_EXPIRES (0) keeps the record. */
  readonly ttlUs: number;
}

export interface RecordCommit {
  readonly conditions?: readonly RecordCondition[];
  readonly puts?: readonly RecordPut[];
  readonly deletes?: readonly string[];
}

/** `version` is that of every record put; a refused commit changed nothing and names the first condition that failed. */
export type CommitResult =
  | { readonly committed: true; readonly version: number; readonly timeUs: number }
  | { readonly committed: false; readonly failedKey: string };

/** Ordered keys inside a partition (1 to 256 bytes of UTF-8). Linearizable within a partition. */
export interface RecordStore {
  get(partition: string, key: string): Promise<StoredRecord | undefined>;

  /** Records with `from <= key < to` (an empty `to` is no bound) in key order, or downwards from below `to`. */
  scan(
    partition: string,
    range: { readonly from: string; readonly to: string; readonly limit: number; readonly backwards?: boolean },
  ): Promise<readonly StoredRecord[]>;

  /**
   * Atomic: all conditions hold and all changes are made, or nothing is. A key may be put or deleted once per commit.
   * Durable like an append. Rejections are as those of `append`.
   */
  commit(partition: string, commit: RecordCommit): Promise<CommitResult>;
}

/** Something has changed; may be lost, doubled or late. Read to learn what. */
export type Hint =
  | { readonly kind: 'subject'; readonly subject: string; readonly lastId: number }
  | { readonly kind: 'partition'; readonly partition: string };

export interface Storage {
  readonly name: StorageName;
  readonly capabilities: Capabilities;
  /**
   * Names the life of the log: ids and cursors mean something only under the epoch they came from. Random; kept for as
   * long as the data is, so memory has a new one per start.
   */
  readonly epoch: string;
  readonly log: MessageLog;
  readonly records: RecordStore;
  /** What whoever operates it should know: how its settings keep it from promising more. One sentence each. */
  readonly warnings?: readonly string[];
  /** The storage's clock, in microseconds, as well as this process knows it: what expiry is decided by. */
  nowUs(): number;
  /** Calls `listener` for every hint until the returned function is called. Listeners must not throw. */
  watch(listener: (hint: Hint) => void): () => void;
  /** Rejects with STORAGE_UNAVAILABLE when the storage cannot serve now. */
  ping(): Promise<void>;
  /** Waits for what is under way, then releases everything. Idempotent; later calls fail with STORAGE_UNAVAILABLE. */
  close(): Promise<void>;
}
