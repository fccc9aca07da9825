// Original file: proto/waybill/v1/stream_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateStreamRequest as _waybill_v1_CreateStreamRequest, CreateStreamRequest__Output as _waybill_v1_CreateStreamRequest__Output } from '../../waybill/v1/CreateStreamRequest.js';
import type { CreateStreamResponse as _waybill_v1_CreateStreamResponse, CreateStreamResponse__Output as _waybill_v1_CreateStreamResponse__Output } from '../../waybill/v1/CreateStreamResponse.js';
import type { DeleteStreamRequest as _waybill_v1_DeleteStreamRequest, DeleteStreamRequest__Output as _waybill_v1_DeleteStreamRequest__Output } from '../../waybill/v1/DeleteStreamRequest.js';
import type { DeleteStreamResponse as _waybill_v1_DeleteStreamResponse, DeleteStreamResponse__Output as _waybill_v1_DeleteStreamResponse__Output } from '../../waybill/v1/DeleteStreamResponse.js';
import type { ExtendLeaseRequest as _waybill_v1_ExtendLeaseRequest, ExtendLeaseRequest__Output as _waybill_v1_ExtendLeaseRequest__Output } from '../../waybill/v1/ExtendLeaseRequest.js';
import type { ExtendLeaseResponse as _waybill_v1_ExtendLeaseResponse, ExtendLeaseResponse__Output as _waybill_v1_ExtendLeaseResponse__Output } from '../../waybill/v1/ExtendLeaseResponse.js';
import type { GetStreamRequest as _waybill_v1_GetStreamRequest, GetStreamRequest__Output as _waybill_v1_GetStreamRequest__Output } from '../../waybill/v1/GetStreamRequest.js';
import type { GetStreamResponse as _waybill_v1_GetStreamResponse, GetStreamResponse__Output as _waybill_v1_GetStreamResponse__Output } from '../../waybill/v1/GetStreamResponse.js';
import type { ListEventsRequest as _waybill_v1_ListEventsRequest, ListEventsRequest__Output as _waybill_v1_ListEventsRequest__Output } from '../../waybill/v1/ListEventsRequest.js';
import type { ListEventsResponse as _waybill_v1_ListEventsResponse, ListEventsResponse__Output as _waybill_v1_ListEventsResponse__Output } from '../../waybill/v1/ListEventsResponse.js';
import type { ListStreamsRequest as _waybill_v1_ListStreamsRequest, ListStreamsRequest__Output as _waybill_v1_ListStreamsRequest__Output } from '../../waybill/v1/ListStreamsRequest.js';
import type { ListStreamsResponse as _waybill_v1_ListStreamsResponse, ListStreamsResponse__Output as _waybill_v1_ListStreamsResponse__Output } from '../../waybill/v1/ListStreamsResponse.js';
import type { MarkEventRequest as _waybill_v1_MarkEventRequest, MarkEventRequest__Output as _waybill_v1_MarkEventRequest__Output } from '../../waybill/v1/MarkEventRequest.js';
import type { MarkEventResponse as _waybill_v1_MarkEventResponse, MarkEventResponse__Output as _waybill_v1_MarkEventResponse__Output } from '../../waybill/v1/MarkEventResponse.js';
import type { ProcessEventsRequest as _waybill_v1_ProcessEventsRequest, ProcessEventsRequest__Output as _waybill_v1_ProcessEventsRequest__Output } from '../../waybill/v1/ProcessEventsRequest.js';
import type { ProcessEventsResponse as _waybill_v1_ProcessEventsResponse, ProcessEventsResponse__Output as _waybill_v1_ProcessEventsResponse__Output } from '../../waybill/v1/ProcessEventsResponse.js';
import type { ReleaseLeaseRequest as _waybill_v1_ReleaseLeaseRequest, ReleaseLeaseRequest__Output as _waybill_v1_ReleaseLeaseRequest__Output } from '../../waybill/v1/ReleaseLeaseRequest.js';
import type { ReleaseLeaseResponse as _waybill_v1_ReleaseLeaseResponse, ReleaseLeaseResponse__Output as _waybill_v1_ReleaseLeaseResponse__Output } from '../../waybill/v1/ReleaseLeaseResponse.js';
import type { RetryEventsRequest as _waybill_v1_RetryEventsRequest, RetryEventsRequest__Output as _waybill_v1_RetryEventsRequest__Output } from '../../waybill/v1/RetryEventsRequest.js';
import type { RetryEventsResponse as _waybill_v1_RetryEventsResponse, RetryEventsResponse__Output as _waybill_v1_RetryEventsResponse__Output } from '../../waybill/v1/RetryEventsResponse.js';
import type { WriteEventRequest as _waybill_v1_WriteEventRequest, WriteEventRequest__Output as _waybill_v1_WriteEventRequest__Output } from '../../waybill/v1/WriteEventRequest.js';
import type { WriteEventResponse as _waybill_v1_WriteEventResponse, WriteEventResponse__Output as _waybill_v1_WriteEventResponse__Output } from '../../waybill/v1/WriteEventResponse.js';

/**
 * Streams of JSON events, each with a status, so that processors find what is left to do.
 * 
 * The events of a stream are also the messages of its subject (see `Stream.subject`), so BrokerService.Subscribe
 * delivers them live.
 */
export interface StreamServiceClient extends grpc.Client {
  /**
   * Fails with STREAM_EXISTS; of two calls for one name, on any replica, one succeeds.
   */
  CreateStream(argument: _waybill_v1_CreateStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  CreateStream(argument: _waybill_v1_CreateStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  CreateStream(argument: _waybill_v1_CreateStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  CreateStream(argument: _waybill_v1_CreateStreamRequest, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Fails with STREAM_EXISTS; of two calls for one name, on any replica, one succeeds.
   */
  createStream(argument: _waybill_v1_CreateStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  createStream(argument: _waybill_v1_CreateStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  createStream(argument: _waybill_v1_CreateStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  createStream(argument: _waybill_v1_CreateStreamRequest, callback: grpc.requestCallback<_waybill_v1_CreateStreamResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Removes the stream, its events and their marks.
   */
  DeleteStream(argument: _waybill_v1_DeleteStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  DeleteStream(argument: _waybill_v1_DeleteStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  DeleteStream(argument: _waybill_v1_DeleteStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  DeleteStream(argument: _waybill_v1_DeleteStreamRequest, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Removes the stream, its events and their marks.
   */
  deleteStream(argument: _waybill_v1_DeleteStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  deleteStream(argument: _waybill_v1_DeleteStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  deleteStream(argument: _waybill_v1_DeleteStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  deleteStream(argument: _waybill_v1_DeleteStreamRequest, callback: grpc.requestCallback<_waybill_v1_DeleteStreamResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lets a lease last longer. Fails with LEASE_LOST when it has ended.
   */
  ExtendLease(argument: _waybill_v1_ExtendLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  ExtendLease(argument: _waybill_v1_ExtendLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  ExtendLease(argument: _waybill_v1_ExtendLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  ExtendLease(argument: _waybill_v1_ExtendLeaseRequest, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lets a lease last longer. Fails with LEASE_LOST when it has ended.
   */
  extendLease(argument: _waybill_v1_ExtendLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  extendLease(argument: _waybill_v1_ExtendLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  extendLease(argument: _waybill_v1_ExtendLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  extendLease(argument: _waybill_v1_ExtendLeaseRequest, callback: grpc.requestCallback<_waybill_v1_ExtendLeaseResponse__Output>): grpc.ClientUnaryCall;
  
  GetStream(argument: _waybill_v1_GetStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  GetStream(argument: _waybill_v1_GetStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  GetStream(argument: _waybill_v1_GetStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  GetStream(argument: _waybill_v1_GetStreamRequest, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  getStream(argument: _waybill_v1_GetStreamRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  getStream(argument: _waybill_v1_GetStreamRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  getStream(argument: _waybill_v1_GetStreamRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  getStream(argument: _waybill_v1_GetStreamRequest, callback: grpc.requestCallback<_waybill_v1_GetStreamResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Pages through the events in the order of their creation, whatever their status.
   */
  ListEvents(argument: _waybill_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _waybill_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _waybill_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _waybill_v1_ListEventsRequest, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Pages through the events in the order of their creation, whatever their status.
   */
  listEvents(argument: _waybill_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _waybill_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _waybill_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _waybill_v1_ListEventsRequest, callback: grpc.requestCallback<_waybill_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Pages through the streams, ordered by the bytes of their names.
   */
  ListStreams(argument: _waybill_v1_ListStreamsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  ListStreams(argument: _waybill_v1_ListStreamsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  ListStreams(argument: _waybill_v1_ListStreamsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  ListStreams(argument: _waybill_v1_ListStreamsRequest, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Pages through the streams, ordered by the bytes of their names.
   */
  listStreams(argument: _waybill_v1_ListStreamsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  listStreams(argument: _waybill_v1_ListStreamsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  listStreams(argument: _waybill_v1_ListStreamsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  listStreams(argument: _waybill_v1_ListStreamsRequest, callback: grpc.requestCallback<_waybill_v1_ListStreamsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sets the status of an event. A processed one is done; with any other status its lease is over and it may be handed
   * out again.
   */
  MarkEvent(argument: _waybill_v1_MarkEventRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  MarkEvent(argument: _waybill_v1_MarkEventRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  MarkEvent(argument: _waybill_v1_MarkEventRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  MarkEvent(argument: _waybill_v1_MarkEventRequest, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Sets the status of an event. A processed one is done; with any other status its lease is over and it may be handed
   * out again.
   */
  markEvent(argument: _waybill_v1_MarkEventRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  markEvent(argument: _waybill_v1_MarkEventRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  markEvent(argument: _waybill_v1_MarkEventRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  markEvent(argument: _waybill_v1_MarkEventRequest, callback: grpc.requestCallback<_waybill_v1_MarkEventResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Unprocessed events in the order of their creation; with a lease nobody else gets them under one meanwhile.
   */
  ProcessEvents(argument: _waybill_v1_ProcessEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  ProcessEvents(argument: _waybill_v1_ProcessEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  ProcessEvents(argument: _waybill_v1_ProcessEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  ProcessEvents(argument: _waybill_v1_ProcessEventsRequest, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Unprocessed events in the order of their creation; with a lease nobody else gets them under one meanwhile.
   */
  processEvents(argument: _waybill_v1_ProcessEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  processEvents(argument: _waybill_v1_ProcessEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  processEvents(argument: _waybill_v1_ProcessEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  processEvents(argument: _waybill_v1_ProcessEventsRequest, callback: grpc.requestCallback<_waybill_v1_ProcessEventsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Gives back the events of a lease that are not marked yet. OK also when the lease has ended.
   */
  ReleaseLease(argument: _waybill_v1_ReleaseLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLease(argument: _waybill_v1_ReleaseLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLease(argument: _waybill_v1_ReleaseLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLease(argument: _waybill_v1_ReleaseLeaseRequest, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Gives back the events of a lease that are not marked yet. OK also when the lease has ended.
   */
  releaseLease(argument: _waybill_v1_ReleaseLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  releaseLease(argument: _waybill_v1_ReleaseLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  releaseLease(argument: _waybill_v1_ReleaseLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  releaseLease(argument: _waybill_v1_ReleaseLeaseRequest, callback: grpc.requestCallback<_waybill_v1_ReleaseLeaseResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The same for events that were marked for a retry.
   */
  RetryEvents(argument: _waybill_v1_RetryEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  RetryEvents(argument: _waybill_v1_RetryEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  RetryEvents(argument: _waybill_v1_RetryEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  RetryEvents(argument: _waybill_v1_RetryEventsRequest, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The same for events that were marked for a retry.
   */
  retryEvents(argument: _waybill_v1_RetryEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  retryEvents(argument: _waybill_v1_RetryEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  retryEvents(argument: _waybill_v1_RetryEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  retryEvents(argument: _waybill_v1_RetryEventsRequest, callback: grpc.requestCallback<_waybill_v1_RetryEventsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Answers when the event is stored.
   */
  WriteEvent(argument: _waybill_v1_WriteEventRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  WriteEvent(argument: _waybill_v1_WriteEventRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  WriteEvent(argument: _waybill_v1_WriteEventRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  WriteEvent(argument: _waybill_v1_WriteEventRequest, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answers when the event is stored.
   */
  writeEvent(argument: _waybill_v1_WriteEventRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  writeEvent(argument: _waybill_v1_WriteEventRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  writeEvent(argument: _waybill_v1_WriteEventRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  writeEvent(argument: _waybill_v1_WriteEventRequest, callback: grpc.requestCallback<_waybill_v1_WriteEventResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Streams of JSON events, each with a status, so that processors find what is left to do.
 * 
 * The events of a stream are also the messages of its subject (see `Stream.subject`), so BrokerService.Subscribe
 * delivers them live.
 */
export interface StreamServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Fails with STREAM_EXISTS; of two calls for one name, on any replica, one succeeds.
   */
  CreateStream: grpc.handleUnaryCall<_waybill_v1_CreateStreamRequest__Output, _waybill_v1_CreateStreamResponse>;
  
  /**
   * Removes the stream, its events and their marks.
   */
  DeleteStream: grpc.handleUnaryCall<_waybill_v1_DeleteStreamRequest__Output, _waybill_v1_DeleteStreamResponse>;
  
  /**
   * Lets a lease last longer. Fails with LEASE_LOST when it has ended.
   */
  ExtendLease: grpc.handleUnaryCall<_waybill_v1_ExtendLeaseRequest__Output, _waybill_v1_ExtendLeaseResponse>;
  
  GetStream: grpc.handleUnaryCall<_waybill_v1_GetStreamRequest__Output, _waybill_v1_GetStreamResponse>;
  
  /**
   * Pages through the events in the order of their creation, whatever their status.
   */
  ListEvents: grpc.handleUnaryCall<_waybill_v1_ListEventsRequest__Output, _waybill_v1_ListEventsResponse>;
  
  /**
   * Pages through the streams, ordered by the bytes of their names.
   */
  ListStreams: grpc.handleUnaryCall<_waybill_v1_ListStreamsRequest__Output, _waybill_v1_ListStreamsResponse>;
  
  /**
   * Sets the status of an event. A processed one is done; with any other status its lease is over and it may be handed
   * out again.
   */
  MarkEvent: grpc.handleUnaryCall<_waybill_v1_MarkEventRequest__Output, _waybill_v1_MarkEventResponse>;
  
  /**
   * Unprocessed events in the order of their creation; with a lease nobody else gets them under one meanwhile.
   */
  ProcessEvents: grpc.handleUnaryCall<_waybill_v1_ProcessEventsRequest__Output, _waybill_v1_ProcessEventsResponse>;
  
  /**
   * Gives back the events of a lease that are not marked yet. OK also when the lease has ended.
   */
  ReleaseLease: grpc.handleUnaryCall<_waybill_v1_ReleaseLeaseRequest__Output, _waybill_v1_ReleaseLeaseResponse>;
  
  /**
   * The same for events that were marked for a retry.
   */
  RetryEvents: grpc.handleUnaryCall<_waybill_v1_RetryEventsRequest__Output, _waybill_v1_RetryEventsResponse>;
  
  /**
   * Answers when the event is stored.
   */
  WriteEvent: grpc.handleUnaryCall<_waybill_v1_WriteEventRequest__Output, _waybill_v1_WriteEventResponse>;
  
}

export interface StreamServiceDefinition extends grpc.ServiceDefinition {
  CreateStream: MethodDefinition<_waybill_v1_CreateStreamRequest, _waybill_v1_CreateStreamResponse, _waybill_v1_CreateStreamRequest__Output, _waybill_v1_CreateStreamResponse__Output>
  DeleteStream: MethodDefinition<_waybill_v1_DeleteStreamRequest, _waybill_v1_DeleteStreamResponse, _waybill_v1_DeleteStreamRequest__Output, _waybill_v1_DeleteStreamResponse__Output>
  ExtendLease: MethodDefinition<_waybill_v1_ExtendLeaseRequest, _waybill_v1_ExtendLeaseResponse, _waybill_v1_ExtendLeaseRequest__Output, _waybill_v1_ExtendLeaseResponse__Output>
  GetStream: MethodDefinition<_waybill_v1_GetStreamRequest, _waybill_v1_GetStreamResponse, _waybill_v1_GetStreamRequest__Output, _waybill_v1_GetStreamResponse__Output>
  ListEvents: MethodDefinition<_waybill_v1_ListEventsRequest, _waybill_v1_ListEventsResponse, _waybill_v1_ListEventsRequest__Output, _waybill_v1_ListEventsResponse__Output>
  ListStreams: MethodDefinition<_waybill_v1_ListStreamsRequest, _waybill_v1_ListStreamsResponse, _waybill_v1_ListStreamsRequest__Output, _waybill_v1_ListStreamsResponse__Output>
  MarkEvent: MethodDefinition<_waybill_v1_MarkEventRequest, _waybill_v1_MarkEventResponse, _waybill_v1_MarkEventRequest__Output, _waybill_v1_MarkEventResponse__Output>
  ProcessEvents: MethodDefinition<_waybill_v1_ProcessEventsRequest, _waybill_v1_ProcessEventsResponse, _waybill_v1_ProcessEventsRequest__Output, _waybill_v1_ProcessEventsResponse__Output>
  ReleaseLease: MethodDefinition<_waybill_v1_ReleaseLeaseRequest, _waybill_v1_ReleaseLeaseResponse, _waybill_v1_ReleaseLeaseRequest__Output, _waybill_v1_ReleaseLeaseResponse__Output>
  RetryEvents: MethodDefinition<_waybill_v1_RetryEventsRequest, _waybill_v1_RetryEventsResponse, _waybill_v1_RetryEventsRequest__Output, _waybill_v1_RetryEventsResponse__Output>
  WriteEvent: MethodDefinition<_waybill_v1_WriteEventRequest, _waybill_v1_WriteEventResponse, _waybill_v1_WriteEventRequest__Output, _waybill_v1_WriteEventResponse__Output>
}
