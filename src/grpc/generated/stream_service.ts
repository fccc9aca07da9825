import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { CreateStreamRequest as _waybill_v1_CreateStreamRequest, CreateStreamRequest__Output as _waybill_v1_CreateStreamRequest__Output } from './waybill/v1/CreateStreamRequest.js';
import type { CreateStreamResponse as _waybill_v1_CreateStreamResponse, CreateStreamResponse__Output as _waybill_v1_CreateStreamResponse__Output } from './waybill/v1/CreateStreamResponse.js';
import type { DeleteStreamRequest as _waybill_v1_DeleteStreamRequest, DeleteStreamRequest__Output as _waybill_v1_DeleteStreamRequest__Output } from './waybill/v1/DeleteStreamRequest.js';
import type { DeleteStreamResponse as _waybill_v1_DeleteStreamResponse, DeleteStreamResponse__Output as _waybill_v1_DeleteStreamResponse__Output } from './waybill/v1/DeleteStreamResponse.js';
import type { Event as _waybill_v1_Event, Event__Output as _waybill_v1_Event__Output } from './waybill/v1/Event.js';
import type { ExtendLeaseRequest as _waybill_v1_ExtendLeaseRequest, ExtendLeaseRequest__Output as _waybill_v1_ExtendLeaseRequest__Output } from './waybill/v1/ExtendLeaseRequest.js';
import type { ExtendLeaseResponse as _waybill_v1_ExtendLeaseResponse, ExtendLeaseResponse__Output as _waybill_v1_ExtendLeaseResponse__Output } from './waybill/v1/ExtendLeaseResponse.js';
import type { GetStreamRequest as _waybill_v1_GetStreamRequest, GetStreamRequest__Output as _waybill_v1_GetStreamRequest__Output } from './waybill/v1/GetStreamRequest.js';
import type { GetStreamResponse as _waybill_v1_GetStreamResponse, GetStreamResponse__Output as _waybill_v1_GetStreamResponse__Output } from './waybill/v1/GetStreamResponse.js';
import type { Lease as _waybill_v1_Lease, Lease__Output as _waybill_v1_Lease__Output } from './waybill/v1/Lease.js';
import type { ListEventsRequest as _waybill_v1_ListEventsRequest, ListEventsRequest__Output as _waybill_v1_ListEventsRequest__Output } from './waybill/v1/ListEventsRequest.js';
import type { ListEventsResponse as _waybill_v1_ListEventsResponse, ListEventsResponse__Output as _waybill_v1_ListEventsResponse__Output } from './waybill/v1/ListEventsResponse.js';
import type { ListStreamsRequest as _waybill_v1_ListStreamsRequest, ListStreamsRequest__Output as _waybill_v1_ListStreamsRequest__Output } from './waybill/v1/ListStreamsRequest.js';
import type { ListStreamsResponse as _waybill_v1_ListStreamsResponse, ListStreamsResponse__Output as _waybill_v1_ListStreamsResponse__Output } from './waybill/v1/ListStreamsResponse.js';
import type { MarkEventRequest as _waybill_v1_MarkEventRequest, MarkEventRequest__Output as _waybill_v1_MarkEventRequest__Output } from './waybill/v1/MarkEventRequest.js';
import type { MarkEventResponse as _waybill_v1_MarkEventResponse, MarkEventResponse__Output as _waybill_v1_MarkEventResponse__Output } from './waybill/v1/MarkEventResponse.js';
import type { ProcessEventsRequest as _waybill_v1_ProcessEventsRequest, ProcessEventsRequest__Output as _waybill_v1_ProcessEventsRequest__Output } from './waybill/v1/ProcessEventsRequest.js';
import type { ProcessEventsResponse as _waybill_v1_ProcessEventsResponse, ProcessEventsResponse__Output as _waybill_v1_ProcessEventsResponse__Output } from './waybill/v1/ProcessEventsResponse.js';
import type { ReleaseLeaseRequest as _waybill_v1_ReleaseLeaseRequest, ReleaseLeaseRequest__Output as _waybill_v1_ReleaseLeaseRequest__Output } from './waybill/v1/ReleaseLeaseRequest.js';
import type { ReleaseLeaseResponse as _waybill_v1_ReleaseLeaseResponse, ReleaseLeaseResponse__Output as _waybill_v1_ReleaseLeaseResponse__Output } from './waybill/v1/ReleaseLeaseResponse.js';
import type { RetryEventsRequest as _waybill_v1_RetryEventsRequest, RetryEventsRequest__Output as _waybill_v1_RetryEventsRequest__Output } from './waybill/v1/RetryEventsRequest.js';
import type { RetryEventsResponse as _waybill_v1_RetryEventsResponse, RetryEventsResponse__Output as _waybill_v1_RetryEventsResponse__Output } from './waybill/v1/RetryEventsResponse.js';
import type { Stream as _waybill_v1_Stream, Stream__Output as _waybill_v1_Stream__Output } from './waybill/v1/Stream.js';
import type { StreamServiceClient as _waybill_v1_StreamServiceClient, StreamServiceDefinition as _waybill_v1_StreamServiceDefinition } from './waybill/v1/StreamService.js';
import type { WriteEventRequest as _waybill_v1_WriteEventRequest, WriteEventRequest__Output as _waybill_v1_WriteEventRequest__Output } from './waybill/v1/WriteEventRequest.js';
import type { WriteEventResponse as _waybill_v1_WriteEventResponse, WriteEventResponse__Output as _waybill_v1_WriteEventResponse__Output } from './waybill/v1/WriteEventResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  waybill: {
    v1: {
      CreateStreamRequest: MessageTypeDefinition<_waybill_v1_CreateStreamRequest, _waybill_v1_CreateStreamRequest__Output>
      CreateStreamResponse: MessageTypeDefinition<_waybill_v1_CreateStreamResponse, _waybill_v1_CreateStreamResponse__Output>
      DeleteStreamRequest: MessageTypeDefinition<_waybill_v1_DeleteStreamRequest, _waybill_v1_DeleteStreamRequest__Output>
      DeleteStreamResponse: MessageTypeDefinition<_waybill_v1_DeleteStreamResponse, _waybill_v1_DeleteStreamResponse__Output>
      Event: MessageTypeDefinition<_waybill_v1_Event, _waybill_v1_Event__Output>
      EventStatus: EnumTypeDefinition
      ExtendLeaseRequest: MessageTypeDefinition<_waybill_v1_ExtendLeaseRequest, _waybill_v1_ExtendLeaseRequest__Output>
      ExtendLeaseResponse: MessageTypeDefinition<_waybill_v1_ExtendLeaseResponse, _waybill_v1_ExtendLeaseResponse__Output>
      GetStreamRequest: MessageTypeDefinition<_waybill_v1_GetStreamRequest, _waybill_v1_GetStreamRequest__Output>
      GetStreamResponse: MessageTypeDefinition<_waybill_v1_GetStreamResponse, _waybill_v1_GetStreamResponse__Output>
      Lease: MessageTypeDefinition<_waybill_v1_Lease, _waybill_v1_Lease__Output>
      ListEventsRequest: MessageTypeDefinition<_waybill_v1_ListEventsRequest, _waybill_v1_ListEventsRequest__Output>
      ListEventsResponse: MessageTypeDefinition<_waybill_v1_ListEventsResponse, _waybill_v1_ListEventsResponse__Output>
      ListStreamsRequest: MessageTypeDefinition<_waybill_v1_ListStreamsRequest, _waybill_v1_ListStreamsRequest__Output>
      ListStreamsResponse: MessageTypeDefinition<_waybill_v1_ListStreamsResponse, _waybill_v1_ListStreamsResponse__Output>
      MarkEventRequest: MessageTypeDefinition<_waybill_v1_MarkEventRequest, _waybill_v1_MarkEventRequest__Output>
      MarkEventResponse: MessageTypeDefinition<_waybill_v1_MarkEventResponse, _waybill_v1_MarkEventResponse__Output>
      ProcessEventsRequest: MessageTypeDefinition<_waybill_v1_ProcessEventsRequest, _waybill_v1_ProcessEventsRequest__Output>
      ProcessEventsResponse: MessageTypeDefinition<_waybill_v1_ProcessEventsResponse, _waybill_v1_ProcessEventsResponse__Output>
      ReleaseLeaseRequest: MessageTypeDefinition<_waybill_v1_ReleaseLeaseRequest, _waybill_v1_ReleaseLeaseRequest__Output>
      ReleaseLeaseResponse: MessageTypeDefinition<_waybill_v1_ReleaseLeaseResponse, _waybill_v1_ReleaseLeaseResponse__Output>
      RetryEventsRequest: MessageTypeDefinition<_waybill_v1_RetryEventsRequest, _waybill_v1_RetryEventsRequest__Output>
      RetryEventsResponse: MessageTypeDefinition<_waybill_v1_RetryEventsResponse, _waybill_v1_RetryEventsResponse__Output>
      Stream: MessageTypeDefinition<_waybill_v1_Stream, _waybill_v1_Stream__Output>
      /**
       * Streams of JSON events, each with a status, so that processors find what is left to do.
       * 
       * The events of a stream are also the messages of its subject (see `Stream.subject`), so BrokerService.Subscribe
       * delivers them live.
       */
      StreamService: SubtypeConstructor<typeof grpc.Client, _waybill_v1_StreamServiceClient> & { service: _waybill_v1_StreamServiceDefinition }
      WriteEventRequest: MessageTypeDefinition<_waybill_v1_WriteEventRequest, _waybill_v1_WriteEventRequest__Output>
      WriteEventResponse: MessageTypeDefinition<_waybill_v1_WriteEventResponse, _waybill_v1_WriteEventResponse__Output>
    }
  }
}

