import type { Delivery, Subscriber, Subscription, SubscriptionEvent } from '../broker/subscriber.js';
import type { Clock } from '../core/clock.js';
import type { BrokerError } from '../core/errors.js';
import type { RpcStream } from './rpc-call.js';
import { SendBudget } from './send-budget.js';
import { encodeMessage } from './wire/message-codec.js';
import { batchedSize, encodeBatchFrame, encodeEventFrame, encodeHeartbeatFrame } from './wire/subscribe-codec.js';

/** A batch is sent when it has reached this size; with one message of 4 MiB more a frame stays below what clients take. */
const BATCH_BYTES = 128 * 1024;

export interface StreamSubscriberOptions {
  readonly clock: Clock;
  /** The storage's clock in microseconds, which publish times come from too. */
  readonly nowUs: () => number;
  /** What may wait in the transport before the subscription is served from the log. */
  readonly maxBufferedBytes: number;
  readonly maxBatchMessages: number;
  readonly heartbeatMs: number;
  /** The stream is drained after so long, so that clients spread over replicas again; 0 never. */
  readonly maxAgeMs: number;
}

/** A subscriber of `waybill.v1`: batches of messages, events and heartbeats, each frame with a cursor. */
export class StreamSubscriber implements Subscriber {
  readonly #stream: RpcStream;
  readonly #options: StreamSubscriberOptions;
  readonly #budget: SendBudget;
  #subscription: Subscription | undefined;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #sentSinceHeartbeat = false;
  #cancelHeartbeat = (): void => {};
  #cancelAge = (): void => {};

  constructor(stream: RpcStream, options: StreamSubscriberOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#budget = new SendBudget(stream, options.maxBufferedBytes, () => this.#subscription?.resume());
  }

  /** Begins the heartbeats and the ageing of `subscription`. */
  attach(subscription: Subscription): void {
    this.#subscription = subscription;
    this.#scheduleHeartbeat();
    if (this.#options.maxAgeMs > 0) {
      this.#cancelAge = this.#options.clock.after(this.#options.maxAgeMs, () => subscription.drain());
    }
  }

  /** Stops the timers. */
  detach(): void {
    this.#cancelHeartbeat();
    this.#cancelAge();
  }

  get ready(): boolean {
    return this.#budget.hasRoom && this.#batchBytes < this.#options.maxBufferedBytes;
  }

  deliver(delivery: Delivery): void {
    const message = (delivery.encoded ??= encodeMessage(delivery.message));
    if (this.#batch.length > 0 && this.#isFull(message)) this.#sendBatch(() => this.#subscription!.cursor());
    this.#batch.push(message);
    this.#batchBytes += batchedSize(message);
  }

  /** Whether the batch is complete without `next`. */
  #isFull(next: Buffer): boolean {
    return this.#batch.length >= this.#options.maxBatchMessages || this.#batchBytes + next.length > BATCH_BYTES;
  }

  flush(cursor: () => string): void {
    if (this.#batch.length > 0) this.#sendBatch(cursor);
  }

  event(event: SubscriptionEvent, cursor: () => string): void {
    this.flush(cursor);
    this.#send(encodeEventFrame(cursor(), event, this.#options.heartbeatMs));
  }

  end(error: BrokerError | undefined): void {
    this.detach();
    this.#stream.end(error);
  }

  #sendBatch(cursor: () => string): void {
    this.#send(encodeBatchFrame(cursor(), this.#batch, this.#batchBytes));
    this.#batch = [];
    this.#batchBytes = 0;
  }

  #send(frame: Buffer): void {
    this.#sentSinceHeartbeat = true;
    this.#budget.send(frame);
  }

  #scheduleHeartbeat(): void {
    this.#cancelHeartbeat = this.#options.clock.after(this.#options.heartbeatMs, () => {
      this.#heartbeat();
      this.#scheduleHeartbeat();
    });
  }

  /** Only on a stream that has been silent, and has taken what it was given. */
  #heartbeat(): void {
    if (!this.#sentSinceHeartbeat && this.#budget.hasRoom) {
      this.#send(encodeHeartbeatFrame(this.#subscription!.cursor(), this.#options.nowUs()));
    }
    this.#sentSinceHeartbeat = false;
  }
}
