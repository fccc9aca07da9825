import { status } from '@grpc/grpc-js';
import type { Broker } from '../broker/broker.js';
import type { PublishRequest } from '../broker/requests.js';
import { BrokerError } from '../core/errors.js';
import { NO_HEADERS } from '../core/message.js';
import type { Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import { CompatSubscriber, encodeMessageResponse } from './compat-subscriber.js';
import { startPublish, withSpan } from './publish-tracing.js';
import type { RpcContext, RpcStream, ServiceMethods } from './rpc-call.js';
import { decodeCompatFetch, decodeCompatPublish, decodeCompatSubscribe, encodeCompatId } from './wire/compat-codec.js';

export const COMPAT_SERVICE = 'broker.Broker';

/** The contract's ids are int32. */
const MAX_ID = 2 ** 31 - 1;
const US_PER_SECOND = 1_000_000;
/** What this contract has always answered to a Fetch of something that is not there. */
const FETCH_CODES = {
  MESSAGE_NOT_FOUND: status.INVALID_ARGUMENT,
  MESSAGE_EXPIRED: status.INVALID_ARGUMENT,
} as const;

export interface CompatServiceOptions {
  readonly broker: Broker;
  readonly tracing: Tracing | undefined;
  /** Undefined: nobody is limited. */
  readonly limiter?: PublishLimiter | undefined;
  /** What may wait in the transport for one subscriber that does not read. */
  readonly maxBufferedBytes: number;
}

/**
 * `broker.Broker`, the contract of the original broker, for its clients in any language: subjects are literal, a message
 * lives for the seconds it names or is delivered and never stored, and subscribers get bodies alone.
 */
export class CompatService {
  readonly #options: CompatServiceOptions;
  readonly methods: ServiceMethods;

  constructor(options: CompatServiceOptions) {
    this.#options = options;
    this.methods = {
      Publish: { kind: 'unary', tracesItself: true, handler: (request, context) => this.#publish(request, context) },
      Fetch: { kind: 'unary', handler: (request, context) => this.#fetch(request, context), codes: FETCH_CODES },
      Subscribe: { kind: 'serverStream', handler: (request, stream) => this.#subscribe(request, stream) },
    };
  }

  async #publish(bytes: Buffer, context: RpcContext): Promise<Buffer> {
    const { subject, body, expirationSeconds } = decodeCompatPublish(bytes);
    const { broker, tracing, limiter } = this.#options;
    const span = startPublish(tracing, context, [{ subject, headers: NO_HEADERS }]);
    return withSpan(span, async () => {
      context.access.require('publish', subject);
      if (expirationSeconds < 0) {
        throw new BrokerError('TTL_OUT_OF_RANGE', `expirationSeconds is ${expirationSeconds}, less than 0`);
      }
      limiter?.take(context, body.length);
      const life = expirationSeconds === 0 ? { fireAndForget: true } : { ttlUs: expirationSeconds * US_PER_SECOND };
      const request: PublishRequest = { subject, body, headers: NO_HEADERS, ...life };
      const { id } = await broker.publish(request, { deadlineMs: context.deadlineMs, span });
      if (id > MAX_ID) {
        const fields = { subject, id: String(id), outcome: 'written' };
        throw new BrokerError('ID_OUT_OF_RANGE', `the message was stored with id ${id}, beyond int32`, { fields });
      }
      return encodeCompatId(id);
    });
  }

  async #fetch(bytes: Buffer, { access }: RpcContext): Promise<Buffer> {
    const { subject, id } = decodeCompatFetch(bytes);
    access.require('fetch', subject);
    if (id > MAX_ID) throw new BrokerError('ID_OUT_OF_RANGE', 'ids of this contract end at 2147483647');
    const message = await this.#options.broker.fetch(subject, id);
    return encodeMessageResponse(message.body);
  }

  #subscribe(bytes: Buffer, stream: RpcStream): { onCancel(): void } {
    const subject = decodeCompatSubscribe(bytes);
    stream.access.require('subscribe', subject);
    const subscriber = new CompatSubscriber(stream, this.#options.maxBufferedBytes);
    const subscription = this.#options.broker.subscribe(
      {
        subjects: [subject],
        patterns: false,
        start: { kind: 'new' },
        skipTruncated: true,
        stopAtHead: false,
        maxMessages: 0,
      },
      subscriber,
    );
    subscriber.attach(subscription);
    return { onCancel: () => subscription.cancel() };
  }
}
