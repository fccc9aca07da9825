// Original file: proto/waybill/v1/broker_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FetchRequest as _waybill_v1_FetchRequest, FetchRequest__Output as _waybill_v1_FetchRequest__Output } from '../../waybill/v1/FetchRequest.js';
import type { FetchResponse as _waybill_v1_FetchResponse, FetchResponse__Output as _waybill_v1_FetchResponse__Output } from '../../waybill/v1/FetchResponse.js';
import type { ListRequest as _waybill_v1_ListRequest, ListRequest__Output as _waybill_v1_ListRequest__Output } from '../../waybill/v1/ListRequest.js';
import type { ListResponse as _waybill_v1_ListResponse, ListResponse__Output as _waybill_v1_ListResponse__Output } from '../../waybill/v1/ListResponse.js';
import type { PublishBatchRequest as _waybill_v1_PublishBatchRequest, PublishBatchRequest__Output as _waybill_v1_PublishBatchRequest__Output } from '../../waybill/v1/PublishBatchRequest.js';
import type { PublishBatchResponse as _waybill_v1_PublishBatchResponse, PublishBatchResponse__Output as _waybill_v1_PublishBatchResponse__Output } from '../../waybill/v1/PublishBatchResponse.js';
import type { PublishRequest as _waybill_v1_PublishRequest, PublishRequest__Output as _waybill_v1_PublishRequest__Output } from '../../waybill/v1/PublishRequest.js';
import type { PublishResponse as _waybill_v1_PublishResponse, PublishResponse__Output as _waybill_v1_PublishResponse__Output } from '../../waybill/v1/PublishResponse.js';
import type { PublishStreamRequest as _waybill_v1_PublishStreamRequest, PublishStreamRequest__Output as _waybill_v1_PublishStreamRequest__Output } from '../../waybill/v1/PublishStreamRequest.js';
import type { PublishStreamResponse as _waybill_v1_PublishStreamResponse, PublishStreamResponse__Output as _waybill_v1_PublishStreamResponse__Output } from '../../waybill/v1/PublishStreamResponse.js';
import type { SubscribeRequest as _waybill_v1_SubscribeRequest, SubscribeRequest__Output as _waybill_v1_SubscribeRequest__Output } from '../../waybill/v1/SubscribeRequest.js';
import type { SubscribeResponse as _waybill_v1_SubscribeResponse, SubscribeResponse__Output as _waybill_v1_SubscribeResponse__Output } from '../../waybill/v1/SubscribeResponse.js';

/**
 * Publish, fetch and subscribe. Every error carries a google.rpc.ErrorInfo whose `reason` is stable; switch on it, never
 * on the text.
 */
export interface BrokerServiceClient extends grpc.Client {
  /**
   * Returns one message. NOT_FOUND tells by its reason whether the id never existed (MESSAGE_NOT_FOUND) or is gone
   * (MESSAGE_EXPIRED).
   */
  Fetch(argument: _waybill_v1_FetchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _waybill_v1_FetchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _waybill_v1_FetchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _waybill_v1_FetchRequest, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one message. NOT_FOUND tells by its reason whether the id never existed (MESSAGE_NOT_FOUND) or is gone
   * (MESSAGE_EXPIRED).
   */
  fetch(argument: _waybill_v1_FetchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _waybill_v1_FetchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _waybill_v1_FetchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _waybill_v1_FetchRequest, callback: grpc.requestCallback<_waybill_v1_FetchResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns a page of a subject's messages, forwards or backwards.
   */
  List(argument: _waybill_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _waybill_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _waybill_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _waybill_v1_ListRequest, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns a page of a subject's messages, forwards or backwards.
   */
  list(argument: _waybill_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _waybill_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _waybill_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _waybill_v1_ListRequest, callback: grpc.requestCallback<_waybill_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stores one message and answers when it is durable. A retry after an unknown outcome (DEADLINE_EXCEEDED, UNAVAILABLE)
   * is exact when the message carries an idempotency key.
   */
  Publish(argument: _waybill_v1_PublishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _waybill_v1_PublishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _waybill_v1_PublishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _waybill_v1_PublishRequest, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stores one message and answers when it is durable. A retry after an unknown outcome (DEADLINE_EXCEEDED, UNAVAILABLE)
   * is exact when the message carries an idempotency key.
   */
  publish(argument: _waybill_v1_PublishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _waybill_v1_PublishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _waybill_v1_PublishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _waybill_v1_PublishRequest, callback: grpc.requestCallback<_waybill_v1_PublishResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stores many messages in one call; each has its own result.
   */
  PublishBatch(argument: _waybill_v1_PublishBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  PublishBatch(argument: _waybill_v1_PublishBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  PublishBatch(argument: _waybill_v1_PublishBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  PublishBatch(argument: _waybill_v1_PublishBatchRequest, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stores many messages in one call; each has its own result.
   */
  publishBatch(argument: _waybill_v1_PublishBatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  publishBatch(argument: _waybill_v1_PublishBatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  publishBatch(argument: _waybill_v1_PublishBatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  publishBatch(argument: _waybill_v1_PublishBatchRequest, callback: grpc.requestCallback<_waybill_v1_PublishBatchResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Pipelined publishing: frames of many messages, one acknowledgement per frame. The server first sends Opened.
   */
  PublishStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamResponse__Output>;
  PublishStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamResponse__Output>;
  /**
   * Pipelined publishing: frames of many messages, one acknowledgement per frame. The server first sends Opened.
   */
  publishStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamResponse__Output>;
  publishStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamResponse__Output>;
  
  /**
   * Delivers messages from a position on, stored ones first and then live ones, without a seam.
   */
  Subscribe(argument: _waybill_v1_SubscribeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_waybill_v1_SubscribeResponse__Output>;
  Subscribe(argument: _waybill_v1_SubscribeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_waybill_v1_SubscribeResponse__Output>;
  /**
   * Delivers messages from a position on, stored ones first and then live ones, without a seam.
   */
  subscribe(argument: _waybill_v1_SubscribeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_waybill_v1_SubscribeResponse__Output>;
  subscribe(argument: _waybill_v1_SubscribeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_waybill_v1_SubscribeResponse__Output>;
  
}

/**
 * Publish, fetch and subscribe. Every error carries a google.rpc.ErrorInfo whose `reason` is stable; switch on it, never
 * on the text.
 */
export interface BrokerServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns one message. NOT_FOUND tells by its reason whether the id never existed (MESSAGE_NOT_FOUND) or is gone
   * (MESSAGE_EXPIRED).
   */
  Fetch: grpc.handleUnaryCall<_waybill_v1_FetchRequest__Output, _waybill_v1_FetchResponse>;
  
  /**
   * Returns a page of a subject's messages, forwards or backwards.
   */
  List: grpc.handleUnaryCall<_waybill_v1_ListRequest__Output, _waybill_v1_ListResponse>;
  
  /**
   * Stores one message and answers when it is durable. A retry after an unknown outcome (DEADLINE_EXCEEDED, UNAVAILABLE)
   * is exact when the message carries an idempotency key.
   */
  Publish: grpc.handleUnaryCall<_waybill_v1_PublishRequest__Output, _waybill_v1_PublishResponse>;
  
  /**
   * Stores many messages in one call; each has its own result.
   */
  PublishBatch: grpc.handleUnaryCall<_waybill_v1_PublishBatchRequest__Output, _waybill_v1_PublishBatchResponse>;
  
  /**
   * Pipelined publishing: frames of many messages, one acknowledgement per frame. The server first sends Opened.
   */
  PublishStream: grpc.handleBidiStreamingCall<_waybill_v1_PublishStreamRequest__Output, _waybill_v1_PublishStreamResponse>;
  
  /**
   * Delivers messages from a position on, stored ones first and then live ones, without a seam.
   */
  Subscribe: grpc.handleServerStreamingCall<_waybill_v1_SubscribeRequest__Output, _waybill_v1_SubscribeResponse>;
  
}

export interface BrokerServiceDefinition extends grpc.ServiceDefinition {
  Fetch: MethodDefinition<_waybill_v1_FetchRequest, _waybill_v1_FetchResponse, _waybill_v1_FetchRequest__Output, _waybill_v1_FetchResponse__Output>
  List: MethodDefinition<_waybill_v1_ListRequest, _waybill_v1_ListResponse, _waybill_v1_ListRequest__Output, _waybill_v1_ListResponse__Output>
  Publish: MethodDefinition<_waybill_v1_PublishRequest, _waybill_v1_PublishResponse, _waybill_v1_PublishRequest__Output, _waybill_v1_PublishResponse__Output>
  PublishBatch: MethodDefinition<_waybill_v1_PublishBatchRequest, _waybill_v1_PublishBatchResponse, _waybill_v1_PublishBatchRequest__Output, _waybill_v1_PublishBatchResponse__Output>
  PublishStream: MethodDefinition<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamResponse, _waybill_v1_PublishStreamRequest__Output, _waybill_v1_PublishStreamResponse__Output>
  Subscribe: MethodDefinition<_waybill_v1_SubscribeRequest, _waybill_v1_SubscribeResponse, _waybill_v1_SubscribeRequest__Output, _waybill_v1_SubscribeResponse__Output>
}
