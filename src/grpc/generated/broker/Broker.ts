// Original file: proto/broker.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FetchRequest as _broker_FetchRequest, FetchRequest__Output as _broker_FetchRequest__Output } from '../broker/FetchRequest.js';
import type { MessageResponse as _broker_MessageResponse, MessageResponse__Output as _broker_MessageResponse__Output } from '../broker/MessageResponse.js';
import type { PublishRequest as _broker_PublishRequest, PublishRequest__Output as _broker_PublishRequest__Output } from '../broker/PublishRequest.js';
import type { PublishResponse as _broker_PublishResponse, PublishResponse__Output as _broker_PublishResponse__Output } from '../broker/PublishResponse.js';
import type { SubscribeRequest as _broker_SubscribeRequest, SubscribeRequest__Output as _broker_SubscribeRequest__Output } from '../broker/SubscribeRequest.js';

export interface BrokerClient extends grpc.Client {
  /**
   * Returns a stored message. Fails with INVALID_ARGUMENT when the id is unknown or has expired, with UNAVAILABLE while
   * closing.
   */
  Fetch(argument: _broker_FetchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _broker_FetchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _broker_FetchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  Fetch(argument: _broker_FetchRequest, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns a stored message. Fails with INVALID_ARGUMENT when the id is unknown or has expired, with UNAVAILABLE while
   * closing.
   */
  fetch(argument: _broker_FetchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _broker_FetchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _broker_FetchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  fetch(argument: _broker_FetchRequest, callback: grpc.requestCallback<_broker_MessageResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stores a message and delivers it to the current subscribers of its subject. Fails with UNAVAILABLE while closing.
   */
  Publish(argument: _broker_PublishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _broker_PublishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _broker_PublishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  Publish(argument: _broker_PublishRequest, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stores a message and delivers it to the current subscribers of its subject. Fails with UNAVAILABLE while closing.
   */
  publish(argument: _broker_PublishRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _broker_PublishRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _broker_PublishRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  publish(argument: _broker_PublishRequest, callback: grpc.requestCallback<_broker_PublishResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Delivers every message published to the subject from now on. Ends with UNAVAILABLE while closing.
   */
  Subscribe(argument: _broker_SubscribeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_broker_MessageResponse__Output>;
  Subscribe(argument: _broker_SubscribeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_broker_MessageResponse__Output>;
  /**
   * Delivers every message published to the subject from now on. Ends with UNAVAILABLE while closing.
   */
  subscribe(argument: _broker_SubscribeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_broker_MessageResponse__Output>;
  subscribe(argument: _broker_SubscribeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_broker_MessageResponse__Output>;
  
}

export interface BrokerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns a stored message. Fails with INVALID_ARGUMENT when the id is unknown or has expired, with UNAVAILABLE while
   * closing.
   */
  Fetch: grpc.handleUnaryCall<_broker_FetchRequest__Output, _broker_MessageResponse>;
  
  /**
   * Stores a message and delivers it to the current subscribers of its subject. Fails with UNAVAILABLE while closing.
   */
  Publish: grpc.handleUnaryCall<_broker_PublishRequest__Output, _broker_PublishResponse>;
  
  /**
   * Delivers every message published to the subject from now on. Ends with UNAVAILABLE while closing.
   */
  Subscribe: grpc.handleServerStreamingCall<_broker_SubscribeRequest__Output, _broker_MessageResponse>;
  
}

export interface BrokerDefinition extends grpc.ServiceDefinition {
  Fetch: MethodDefinition<_broker_FetchRequest, _broker_MessageResponse, _broker_FetchRequest__Output, _broker_MessageResponse__Output>
  Publish: MethodDefinition<_broker_PublishRequest, _broker_PublishResponse, _broker_PublishRequest__Output, _broker_PublishResponse__Output>
  Subscribe: MethodDefinition<_broker_SubscribeRequest, _broker_MessageResponse, _broker_SubscribeRequest__Output, _broker_MessageResponse__Output>
}
