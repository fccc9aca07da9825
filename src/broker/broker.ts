import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { Message } from '../core/message.js';
import { validateReadableSubject } from '../core/subject.js';
import type { TraceSpan, Tracing } from '../core/tracing.js';
import type { AppendItem, Appended, AppendResult, PurgeResult, Storage, SubjectInfo } from '../storage/storage.js';
import { BatchWriter, type WrittenBatch } from './batch-writer.js';
import type { BrokerMetrics } from './broker-metrics.js';
import { encodeCursor } from './cursor.js';
import { FeedHub } from './feed-hub.js';
import type { BrokerLimits } from './limits.js';
import { checkPageSize, listMessages } from './listing.js';
import { toAppendItem } from './publish-item.js';
import type {
  ListPage,
  ListRequest,
  PublishOptions,
  PublishRequest,
  PurgeBefore,
  SubjectPage,
  SubjectStatus,
  SubscribeRequest,
} from './requests.js';
import { DEFAULT_POLL_INTERVAL_MS, RemoteWrites } from './remote-writes.js';
import { planSubscription } from './subscribe-plan.js';
import type { Subscriber, Subscription } from './subscriber.js';
import type { SubscriptionContext } from './subscription-context.js';
import { LogSubscription } from './subscription.js';

export interface BrokerOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly metrics: BrokerMetrics;
  readonly tracing?: Tracing | undefined;
  /** Between two looks at what other processes have written; only where they can. */
  readonly pollIntervalMs?: number;
}

/** The use cases of the broker over any storage; knows nothing of protocols. */
export class Broker {
  readonly #storage: Storage;
  readonly #limits: BrokerLimits;
  readonly #metrics: BrokerMetrics;
  readonly #tracing: Tracing | undefined;
  readonly #writer: BatchWriter;
  readonly #hub: FeedHub;
  readonly #subscriptionContext: SubscriptionContext;
  readonly #subscriptions = new Set<LogSubscription>();
  /** Undefined where no other process can write: then nothing is to be known that the writer does not know. */
  readonly #remoteWrites: RemoteWrites | undefined;
  #draining = false;

  constructor(options: BrokerOptions) {
    const { shared } = options.storage.capabilities;
    this.#storage = options.storage;
    this.#limits = options.limits;
    this.#metrics = options.metrics;
    this.#tracing = options.tracing;
    this.#hub = new FeedHub({
      log: options.storage.log,
      limits: options.limits,
      shared,
      tracing: options.tracing,
      onWatched: () => this.#remoteWrites?.wake(),
    });
    this.#writer = new BatchWriter({
      log: options.storage.log,
      clock: options.clock,
      limits: options.limits,
      tracing: options.tracing,
      onWritten: (batch) => this.#written(batch),
    });
    this.#subscriptionContext = {
      log: options.storage.log,
      hub: this.#hub,
      clock: options.clock,
      metrics: options.metrics,
      tracing: options.tracing,
      epoch: options.storage.epoch,
      nowUs: () => options.storage.nowUs(),
      soleWriter: !shared,
    };
    if (shared) {
      this.#remoteWrites = new RemoteWrites({
        storage: options.storage,
        hub: this.#hub,
        clock: options.clock,
        pollIntervalMs: options.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS,
        metrics: options.metrics,
      });
    }
  }

  /** The storage's clock in microseconds: what publish times come from and expiry is decided by. */
  nowUs(): number {
    return this.#storage.nowUs();
  }

  get limits(): BrokerLimits {
    return this.#limits;
  }

  /** Writes one message and answers when it is durable. @throws BrokerError */
  async publish(request: PublishRequest, options: PublishOptions = {}): Promise<Appended> {
    const item = this.#check(request, options);
    if (item instanceof BrokerError) throw item;
    const result = (await this.#submit([item], options))[0]!;
    if (result instanceof BrokerError) throw result;
    return result;
  }

  /**
   * Writes many messages; each has its own result, in order. Those that the caller has refused already are passed on as
   * errors. Rejects as a whole when nothing was taken (BATCH_TOO_LARGE, WRITER_QUEUE_FULL, SHUTTING_DOWN) or when the
   * storage failed.
   */
  async publishMany(
    requests: readonly (PublishRequest | BrokerError)[],
    options: PublishOptions = {},
  ): Promise<readonly AppendResult[]> {
    if (requests.length > this.#limits.maxBatchMessages) {
      throw new BrokerError('BATCH_TOO_LARGE', `more than ${this.#limits.maxBatchMessages} messages at once`, {
        fields: { limit: String(this.#limits.maxBatchMessages), actual: String(requests.length) },
      });
    }
    const items: AppendItem[] = [];
    let refused: Map<number, BrokerError> | undefined;
    for (let i = 0; i < requests.length; i++) {
      const item = this.#check(requests[i]!, options);
      if (item instanceof BrokerError) (refused ??= new Map()).set(i, item);
      else items.push(item);
    }
    const written = await this.#submit(items, options);
    if (refused === undefined) return written;
    const results: AppendResult[] = [];
    let next = 0;
    for (let i = 0; i < requests.length; i++) results.push(refused.get(i) ?? written[next++]!);
    return results;
  }

  #check(request: PublishRequest | BrokerError, options: PublishOptions): AppendItem | BrokerError {
    try {
      if (request instanceof BrokerError) throw request;
      return toAppendItem(request, this.#limits, options.span);
    } catch (error) {
      const refusal = toBrokerError(error);
      this.#metrics.publishFailed(refusal.reason, 1);
      return refusal;
    }
  }

  /**
   * Stores items as they are, with one result each, for the modules of this process that own reserved subjects. Items
   * still waiting at `deadlineMs` (monotonic) are not written.
   */
  append(items: readonly AppendItem[], deadlineMs?: number): Promise<readonly AppendResult[]> {
    return this.#submit(items, { deadlineMs });
  }

  /** Publishes that were accepted and are not yet answered. */
  get pendingMessages(): number {
    return this.#writer.pendingMessages;
  }

  /** Bytes of those. */
  get pendingBytes(): number {
    return this.#writer.pendingBytes;
  }

  /** Subjects that subscribers watch live. */
  get feeds(): number {
    return this.#hub.feeds;
  }

  /** Whether a publish of this size would be taken now. */
  hasRoomFor(messages: number, bytes: number): boolean {
    return this.#writer.hasRoomFor(messages, bytes);
  }

  async #submit(items: readonly AppendItem[], options: PublishOptions): Promise<readonly AppendResult[]> {
    try {
      return await this.#writer.submit(items, options.deadlineMs);
    } catch (error) {
      this.#metrics.publishFailed(error instanceof BrokerError ? error.reason : 'INTERNAL', items.length);
      throw error;
    }
  }

  #written(batch: WrittenBatch): void {
    this.#metrics.flushed(batch.items.length, batch.bytes, batch.seconds);
    let failed = 0;
    let publishTimeUs = 0;
    for (const result of batch.results) {
      if (result instanceof BrokerError) {
        failed++;
        this.#metrics.publishFailed(result.reason, 1);
      } else if (publishTimeUs === 0 && !result.duplicate) publishTimeUs = result.publishTimeUs;
    }
    this.#metrics.published(batch.items.length - failed, batch.bytes);
    // One span for all the subscribers of the batch.
    const span = this.#tracing && this.#startDelivery(this.#tracing, batch);
    this.#hub.dispatch(batch);
    span?.end();
    if (publishTimeUs > 0 && this.#subscriptions.size > 0) {
      this.#metrics.deliveryLatency(Math.max(0, this.nowUs() - publishTimeUs) / 1_000_000);
    }
  }

  #startDelivery(tracing: Tracing, { items, results }: WrittenBatch): TraceSpan | undefined {
    // Messages without headers have no context: most batches end here.
    if (this.#subscriptions.size === 0 || items.every(({ headers }) => headers.length === 0)) return undefined;
    const delivered = items.filter(
      ({ subject }, index) => !(results[index] instanceof BrokerError) && this.#hub.watches(subject),
    );
    return tracing.startDelivery(delivered, 'live');
  }

  /** Fails with MESSAGE_NOT_FOUND (the id was never given out) or MESSAGE_EXPIRED (the message is gone). */
  async fetch(subject: string, id: number): Promise<Message> {
    validateReadableSubject(subject);
    const valid = Number.isSafeInteger(id) && id >= 1;
    const message = valid ? await this.#storage.log.get(subject, id) : undefined;
    if (message !== undefined) return message;
    const [head] = await this.#storage.log.heads([subject]);
    const fields = { subject, id: String(id) };
    if (!valid || id > head!.lastId) {
      throw new BrokerError('MESSAGE_NOT_FOUND', `message ${id} of subject "${subject}" does not exist`, { fields });
    }
    throw new BrokerError('MESSAGE_EXPIRED', `message ${id} of subject "${subject}" is gone`, { fields });
  }

  list(request: ListRequest): Promise<ListPage> {
    return listMessages(this.#storage.log, request);
  }

  /** Throws a BrokerError for a bad request; later failures reach `subscriber.end`. */
  subscribe(request: SubscribeRequest, subscriber: Subscriber): Subscription {
    if (this.#draining) throw new BrokerError('SHUTTING_DOWN', 'the broker is shutting down');
    if (this.#subscriptions.size >= this.#limits.maxSubscriptions) {
      throw new BrokerError('TOO_MANY_STREAMS', `more than ${this.#limits.maxSubscriptions} subscriptions`, {
        fields: { limit: String(this.#limits.maxSubscriptions) },
      });
    }
    const plan = planSubscription(request, this.#limits.maxSubjectsPerSubscription, this.#storage.epoch);
    const subscription = new LogSubscription(this.#subscriptionContext, plan, subscriber, (closed) => {
      this.#subscriptions.delete(closed);
      this.#metrics.subscriptionClosed();
    });
    this.#subscriptions.add(subscription);
    this.#metrics.subscriptionOpened();
    void subscription.start();
    return subscription;
  }

  /** The cursor that resumes a subscription of `subject` alone after `id`. */
  cursorAfter(subject: string, id: number): string {
    return encodeCursor({ epoch: this.#storage.epoch, settledUs: 0, positions: new Map([[subject, id]]) });
  }

  async listSubjects(request: { prefix: string; pageSize: number; pageToken: string }): Promise<SubjectPage> {
    const limit = checkPageSize(request.pageSize);
    const after = decodePageToken(request.pageToken);
    const subjects = await this.#storage.log.subjects({ prefix: request.prefix, after, limit });
    const last = subjects.length < limit ? undefined : subjects.at(-1);
    return {
      subjects: subjects.map((info) => this.#status(info)),
      nextPageToken: last === undefined ? '' : Buffer.from(last.subject).toString('base64url'),
    };
  }

  /** Fails with SUBJECT_NOT_FOUND when nothing was ever published to it. */
  async getSubject(subject: string): Promise<SubjectStatus> {
    validateReadableSubject(subject);
    const [info] = await this.#storage.log.subjects({ prefix: subject, after: '', limit: 1 });
    if (info?.subject !== subject) {
      throw new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" does not exist`, { fields: { subject } });
    }
    return this.#status(info);
  }

  #status(info: SubjectInfo): SubjectStatus {
    return { ...info, subscribers: this.#hub.readersOf(info.subject) };
  }

  /** Removes messages, or only counts them unless `execute`. Fails with SUBJECT_NOT_FOUND. */
  async purge(subject: string, before: PurgeBefore, execute: boolean): Promise<PurgeResult> {
    const { lastId } = await this.getSubject(subject);
    const beforeId = await this.#purgeBoundary(subject, lastId, before);
    return this.#storage.log.purge(subject, { beforeId, dryRun: !execute });
  }

  async #purgeBoundary(subject: string, lastId: number, before: PurgeBefore): Promise<number> {
    switch (before.kind) {
      case 'all':
        return lastId + 1;
      case 'id':
        return Math.min(before.id, lastId + 1);
      case 'time':
        return this.#storage.log.idAtTime(subject, before.timeUs);
      case 'keepLast':
        return Math.max(1, lastId + 1 - before.count);
    }
  }

  /**
   * Every subscriber gets `draining` with its cursor and is ended; new subscriptions fail with SHUTTING_DOWN. Publishing
   * goes on.
   */
  drainSubscriptions(): void {
    this.#draining = true;
    for (const subscription of this.#subscriptions) subscription.drain();
  }

  /** Refuses new work, writes what has been accepted, ends what is left. Leaves the storage open. Idempotent. */
  async close(): Promise<void> {
    this.drainSubscriptions();
    this.#remoteWrites?.stop();
    await this.#writer.close();
  }
}

function decodePageToken(token: string): string {
  const subject = Buffer.from(token, 'base64url').toString('utf8');
  if (Buffer.from(subject).toString('base64url') !== token) {
    throw new BrokerError('CURSOR_MALFORMED', 'this is not a page token of this broker');
  }
  return subject;
}
