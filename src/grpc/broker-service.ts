import type { Broker } from '../broker/broker.js';
import type { PublishOptions } from '../broker/requests.js';
import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import { messageSize } from '../core/message.js';
import type { PublishSpan, Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import type { Appended } from '../storage/storage.js';
import { onlyAllowed } from './publish-permission.js';
import { onlyWithinRate } from './publish-rate.js';
import { PublishStream } from './publish-stream.js';
import { startPublish, withBatchSpan, withSpan } from './publish-tracing.js';
import type { RpcContext, RpcStream, ServiceMethods } from './rpc-call.js';
import { StreamSubscriber } from './stream-subscriber.js';
import { requireSubscribe } from './subscribe-permission.js';
import { decodeSubscribeRequest } from './subscribe-request.js';
import { encodePublishBatchResponse, encodePublishResponse } from './wire/publish-answer-codec.js';
import { decodePublishBatch, decodePublishRequest } from './wire/publish-codec.js';

export const BROKER_SERVICE = 'waybill.v1.BrokerService';

export interface StreamLimits {
  /** What may wait in the transport for one client that does not read. */
  readonly maxBufferedBytes: number;
  /** Streams are drained after so long; 0 never. */
  readonly maxAgeMs: number;
  /** What a PublishStream may have unacknowledged. */
  readonly creditMessages: number;
  readonly creditBytes: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  maxBufferedBytes: 1024 * 1024,
  maxAgeMs: 40 * 60_000,
  creditMessages: 16_384,
  creditBytes: 8 * 1024 * 1024,
};

/** Streams end at most so much earlier than their age, so that those of one start do not all come back at once. */
const AGE_JITTER = 0.1;

export interface BrokerServiceOptions {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  readonly encodeStatus: (error: BrokerError) => Buffer;
  readonly tracing: Tracing | undefined;
  /** Undefined: nobody is limited. */
  readonly limiter: PublishLimiter | undefined;
}

/** Publishing and subscribing of `waybill.v1.BrokerService`. */
export class BrokerService {
  readonly #options: BrokerServiceOptions;
  readonly #publishStreams = new Set<PublishStream>();
  readonly methods: ServiceMethods;

  constructor(options: BrokerServiceOptions) {
    this.#options = options;
    this.methods = {
      Publish: { kind: 'unary', tracesItself: true, handler: (request, context) => this.#publish(request, context) },
      PublishBatch: {
        kind: 'unary',
        tracesItself: true,
        handler: (request, context) => this.#publishBatch(request, context),
      },
      PublishStream: { kind: 'bidi', tracesItself: true, handler: (stream) => this.#publishStream(stream) },
      Subscribe: { kind: 'serverStream', handler: (request, stream) => this.#subscribe(request, stream) },
    };
  }

  /** Asks the clients of publish streams to go elsewhere; subscriptions are drained by the broker. */
  drain(): void {
    for (const stream of this.#publishStreams) stream.drain();
  }

  async #publish(bytes: Buffer, context: RpcContext): Promise<Buffer> {
    const request = decodePublishRequest(bytes);
    const span = startPublish(this.#options.tracing, context, [request]);
    return withSpan(span, async () => {
      context.access.require('publish', request.subject);
      this.#options.limiter?.take(context, messageSize(request));
      const appended = await this.#options.broker.publish(request, publishOptions(context, span));
      return encodePublishResponse(appended, this.#cursorAfter(request.subject, appended));
    });
  }

  async #publishBatch(bytes: Buffer, context: RpcContext): Promise<Buffer> {
    const { broker, limiter } = this.#options;
    const allowed = onlyAllowed(decodePublishBatch(bytes), context.access, broker.limits);
    const requests = onlyWithinRate(allowed, context, limiter, broker.limits);
    const span = startPublish(this.#options.tracing, context, requests);
    const results = await withBatchSpan(span, () => broker.publishMany(requests, publishOptions(context, span)));
    return encodePublishBatchResponse(
      results.map((result, index) => {
        if (result instanceof BrokerError) return { field: 2, bytes: this.#options.encodeStatus(result) };
        const { subject } = requests[index] as { subject: string };
        return { field: 1, bytes: encodePublishResponse(result, this.#cursorAfter(subject, result)) };
      }),
    );
  }

  #cursorAfter(subject: string, appended: Appended): string {
    return this.#options.broker.cursorAfter(subject, appended.id);
  }

  #publishStream(stream: RpcStream): PublishStream {
    const { broker, clock, encodeStatus, limits, limiter, tracing } = this.#options;
    const publishStream = new PublishStream(stream, {
      broker,
      clock,
      encodeStatus,
      limiter,
      tracing,
      creditMessages: limits.creditMessages,
      creditBytes: limits.creditBytes,
      maxBufferedBytes: limits.maxBufferedBytes,
      maxAgeMs: this.#age(),
      onClosed: (closed) => this.#publishStreams.delete(closed),
    });
    this.#publishStreams.add(publishStream);
    return publishStream;
  }

  #subscribe(bytes: Buffer, stream: RpcStream): { onCancel(): void } {
    const { request, maxBatchMessages, heartbeatMs } = decodeSubscribeRequest(bytes);
    requireSubscribe(stream.access, request);
    const { broker, clock, limits } = this.#options;
    const subscriber = new StreamSubscriber(stream, {
      clock,
      nowUs: () => broker.nowUs(),
      maxBufferedBytes: limits.maxBufferedBytes,
      maxBatchMessages,
      heartbeatMs,
      maxAgeMs: this.#age(),
    });
    const subscription = broker.subscribe(request, subscriber);
    subscriber.attach(subscription);
    return {
      onCancel: () => {
        subscriber.detach();
        subscription.cancel();
      },
    };
  }

  #age(): number {
    return this.#options.limits.maxAgeMs * (1 - AGE_JITTER * Math.random());
  }
}

function publishOptions(context: RpcContext, span: PublishSpan | undefined): PublishOptions {
  return { deadlineMs: context.deadlineMs, span };
}
