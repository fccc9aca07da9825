import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Any as _google_protobuf_Any, Any__Output as _google_protobuf_Any__Output } from './google/protobuf/Any.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from './google/rpc/Status.js';
import type { BrokerServiceClient as _waybill_v1_BrokerServiceClient, BrokerServiceDefinition as _waybill_v1_BrokerServiceDefinition } from './waybill/v1/BrokerService.js';
import type { Fence as _waybill_v1_Fence, Fence__Output as _waybill_v1_Fence__Output } from './waybill/v1/Fence.js';
import type { FetchRequest as _waybill_v1_FetchRequest, FetchRequest__Output as _waybill_v1_FetchRequest__Output } from './waybill/v1/FetchRequest.js';
import type { FetchResponse as _waybill_v1_FetchResponse, FetchResponse__Output as _waybill_v1_FetchResponse__Output } from './waybill/v1/FetchResponse.js';
import type { ListRequest as _waybill_v1_ListRequest, ListRequest__Output as _waybill_v1_ListRequest__Output } from './waybill/v1/ListRequest.js';
import type { ListResponse as _waybill_v1_ListResponse, ListResponse__Output as _waybill_v1_ListResponse__Output } from './waybill/v1/ListResponse.js';
import type { Message as _waybill_v1_Message, Message__Output as _waybill_v1_Message__Output } from './waybill/v1/Message.js';
import type { PublishBatchRequest as _waybill_v1_PublishBatchRequest, PublishBatchRequest__Output as _waybill_v1_PublishBatchRequest__Output } from './waybill/v1/PublishBatchRequest.js';
import type { PublishBatchResponse as _waybill_v1_PublishBatchResponse, PublishBatchResponse__Output as _waybill_v1_PublishBatchResponse__Output } from './waybill/v1/PublishBatchResponse.js';
import type { PublishRequest as _waybill_v1_PublishRequest, PublishRequest__Output as _waybill_v1_PublishRequest__Output } from './waybill/v1/PublishRequest.js';
import type { PublishResponse as _waybill_v1_PublishResponse, PublishResponse__Output as _waybill_v1_PublishResponse__Output } from './waybill/v1/PublishResponse.js';
import type { PublishStreamRequest as _waybill_v1_PublishStreamRequest, PublishStreamRequest__Output as _waybill_v1_PublishStreamRequest__Output } from './waybill/v1/PublishStreamRequest.js';
import type { PublishStreamResponse as _waybill_v1_PublishStreamResponse, PublishStreamResponse__Output as _waybill_v1_PublishStreamResponse__Output } from './waybill/v1/PublishStreamResponse.js';
import type { SubscribeRequest as _waybill_v1_SubscribeRequest, SubscribeRequest__Output as _waybill_v1_SubscribeRequest__Output } from './waybill/v1/SubscribeRequest.js';
import type { SubscribeResponse as _waybill_v1_SubscribeResponse, SubscribeResponse__Output as _waybill_v1_SubscribeResponse__Output } from './waybill/v1/SubscribeResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Any: MessageTypeDefinition<_google_protobuf_Any, _google_protobuf_Any__Output>
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
    rpc: {
      Status: MessageTypeDefinition<_google_rpc_Status, _google_rpc_Status__Output>
    }
  }
  waybill: {
    v1: {
      /**
       * Publish, fetch and subscribe. Every error carries a google.rpc.ErrorInfo whose `reason` is stable; switch on it, never
       * on the text.
       */
      BrokerService: SubtypeConstructor<typeof grpc.Client, _waybill_v1_BrokerServiceClient> & { service: _waybill_v1_BrokerServiceDefinition }
      Fence: MessageTypeDefinition<_waybill_v1_Fence, _waybill_v1_Fence__Output>
      FetchRequest: MessageTypeDefinition<_waybill_v1_FetchRequest, _waybill_v1_FetchRequest__Output>
      FetchResponse: MessageTypeDefinition<_waybill_v1_FetchResponse, _waybill_v1_FetchResponse__Output>
      ListRequest: MessageTypeDefinition<_waybill_v1_ListRequest, _waybill_v1_ListRequest__Output>
      ListResponse: MessageTypeDefinition<_waybill_v1_ListResponse, _waybill_v1_ListResponse__Output>
      Message: MessageTypeDefinition<_waybill_v1_Message, _waybill_v1_Message__Output>
      OnTruncated: EnumTypeDefinition
      PublishBatchRequest: MessageTypeDefinition<_waybill_v1_PublishBatchRequest, _waybill_v1_PublishBatchRequest__Output>
      PublishBatchResponse: MessageTypeDefinition<_waybill_v1_PublishBatchResponse, _waybill_v1_PublishBatchResponse__Output>
      PublishRequest: MessageTypeDefinition<_waybill_v1_PublishRequest, _waybill_v1_PublishRequest__Output>
      PublishResponse: MessageTypeDefinition<_waybill_v1_PublishResponse, _waybill_v1_PublishResponse__Output>
      PublishStreamRequest: MessageTypeDefinition<_waybill_v1_PublishStreamRequest, _waybill_v1_PublishStreamRequest__Output>
      PublishStreamResponse: MessageTypeDefinition<_waybill_v1_PublishStreamResponse, _waybill_v1_PublishStreamResponse__Output>
      StartPosition: EnumTypeDefinition
      SubscribeRequest: MessageTypeDefinition<_waybill_v1_SubscribeRequest, _waybill_v1_SubscribeRequest__Output>
      SubscribeResponse: MessageTypeDefinition<_waybill_v1_SubscribeResponse, _waybill_v1_SubscribeResponse__Output>
    }
  }
}

