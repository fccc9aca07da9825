import { status } from '@grpc/grpc-js';
import { AdminClient } from './admin.js';
import type { CallOptions } from './call-options.js';
import { describePublish } from './client-span.js';
import { encodeListRequest, type ListPage, type ListRequest } from './list-request.js';
import type { OutgoingMessage, Published, ReceivedMessage } from './messages.js';
import { decodeAs, encodeAs } from './proto.js';
import { PublishStream } from './publish-stream.js';
import type { Rpc } from './rpc.js';
import type { SubscribeRequest } from './subscribe-request.js';
import { StreamsClient } from './streams.js';
import { Subscription, type SubscribeOptions } from './subscription.js';
import { WaybillError } from './waybill-error.js';
import { decodePublishBatchResponse, decodePublishResponse } from './wire/publish-decoder.js';
import { encodePublishBatch, encodePublishRequest } from './wire/publish-encoder.js';
import { decodeFetchResponse, decodeListResponse } from './wire/read-decoder.js';

const BROKER = '/waybill.v1.BrokerService';

export type HealthStatus = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'SERVICE_UNKNOWN';

/** One connection to a broker. Every method fails with WaybillError. */
export class WaybillClient {
  readonly #rpc: Rpc;
  readonly admin: AdminClient;
  readonly streams: StreamsClient;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
    this.admin = new AdminClient(rpc);
    this.streams = new StreamsClient(rpc);
  }

  /** Resolves when the message is stored. */
  async publish(message: OutgoingMessage, options?: CallOptions): Promise<Published> {
    const request = encodePublishRequest(message);
    const description = describePublish([message]);
    return decodePublishResponse(await this.#rpc.unary(`${BROKER}/Publish`, request, options, description));
  }

  /** Stores many messages in one call; each has its own outcome, in the order given. */
  async publishBatch(
    messages: readonly OutgoingMessage[],
    options?: CallOptions,
  ): Promise<readonly (Published | WaybillError)[]> {
    const request = encodePublishBatch(messages);
    const description = describePublish(messages);
    return decodePublishBatchResponse(await this.#rpc.unary(`${BROKER}/PublishBatch`, request, options, description));
  }

  /** Opens a stream for publishing without waiting for each answer. */
  publishStream(): PublishStream {
    return new PublishStream(this.#rpc.bidiStream(`${BROKER}/PublishStream`));
  }

  /** The message; fails with MESSAGE_NOT_FOUND when it never existed and with MESSAGE_EXPIRED when it is gone. */
  async fetch(subject: string, id: number, options?: CallOptions): Promise<ReceivedMessage> {
    const request = encodeAs('waybill.v1.FetchRequest', { subject, id });
    const message = decodeFetchResponse(await this.#rpc.unary(`${BROKER}/Fetch`, request, options));
    if (message === undefined) {
      throw new WaybillError(status.INTERNAL, 'the answer holds no message', { reason: 'UNKNOWN' });
    }
    return message;
  }

  /** One page of a subject's messages. */
  async list(request: ListRequest, options?: CallOptions): Promise<ListPage> {
    return decodeListResponse(await this.#rpc.unary(`${BROKER}/List`, encodeListRequest(request), options));
  }

  /** Nothing is sent before the subscription is iterated. */
  subscribe(request: SubscribeRequest, options: SubscribeOptions = {}): Subscription {
    return new Subscription(this.#rpc, request, options);
  }

  /** The server's own word on `service`; the empty name stands for the whole server. */
  async health(service = '', options?: CallOptions): Promise<HealthStatus> {
    const request = encodeAs('grpc.health.v1.HealthCheckRequest', { service });
    const response = await this.#rpc.unary('/grpc.health.v1.Health/Check', request, options);
    return decodeAs<{ readonly status: HealthStatus }>('grpc.health.v1.HealthCheckResponse', response).status;
  }

  /** Ends the connection; calls that are under way go on. */
  close(): void {
    this.#rpc.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
