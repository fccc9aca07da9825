import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { AdminServiceClient as _waybill_v1_AdminServiceClient, AdminServiceDefinition as _waybill_v1_AdminServiceDefinition } from './waybill/v1/AdminService.js';
import type { GetServerInfoRequest as _waybill_v1_GetServerInfoRequest, GetServerInfoRequest__Output as _waybill_v1_GetServerInfoRequest__Output } from './waybill/v1/GetServerInfoRequest.js';
import type { GetServerInfoResponse as _waybill_v1_GetServerInfoResponse, GetServerInfoResponse__Output as _waybill_v1_GetServerInfoResponse__Output } from './waybill/v1/GetServerInfoResponse.js';
import type { GetSubjectRequest as _waybill_v1_GetSubjectRequest, GetSubjectRequest__Output as _waybill_v1_GetSubjectRequest__Output } from './waybill/v1/GetSubjectRequest.js';
import type { GetSubjectResponse as _waybill_v1_GetSubjectResponse, GetSubjectResponse__Output as _waybill_v1_GetSubjectResponse__Output } from './waybill/v1/GetSubjectResponse.js';
import type { Limits as _waybill_v1_Limits, Limits__Output as _waybill_v1_Limits__Output } from './waybill/v1/Limits.js';
import type { ListSubjectsRequest as _waybill_v1_ListSubjectsRequest, ListSubjectsRequest__Output as _waybill_v1_ListSubjectsRequest__Output } from './waybill/v1/ListSubjectsRequest.js';
import type { ListSubjectsResponse as _waybill_v1_ListSubjectsResponse, ListSubjectsResponse__Output as _waybill_v1_ListSubjectsResponse__Output } from './waybill/v1/ListSubjectsResponse.js';
import type { PurgeSubjectRequest as _waybill_v1_PurgeSubjectRequest, PurgeSubjectRequest__Output as _waybill_v1_PurgeSubjectRequest__Output } from './waybill/v1/PurgeSubjectRequest.js';
import type { PurgeSubjectResponse as _waybill_v1_PurgeSubjectResponse, PurgeSubjectResponse__Output as _waybill_v1_PurgeSubjectResponse__Output } from './waybill/v1/PurgeSubjectResponse.js';
import type { Storage as _waybill_v1_Storage, Storage__Output as _waybill_v1_Storage__Output } from './waybill/v1/Storage.js';
import type { Subject as _waybill_v1_Subject, Subject__Output as _waybill_v1_Subject__Output } from './waybill/v1/Subject.js';

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
      /**
       * Looking at the server and its data.
       */
      AdminService: SubtypeConstructor<typeof grpc.Client, _waybill_v1_AdminServiceClient> & { service: _waybill_v1_AdminServiceDefinition }
      GetServerInfoRequest: MessageTypeDefinition<_waybill_v1_GetServerInfoRequest, _waybill_v1_GetServerInfoRequest__Output>
      GetServerInfoResponse: MessageTypeDefinition<_waybill_v1_GetServerInfoResponse, _waybill_v1_GetServerInfoResponse__Output>
      GetSubjectRequest: MessageTypeDefinition<_waybill_v1_GetSubjectRequest, _waybill_v1_GetSubjectRequest__Output>
      GetSubjectResponse: MessageTypeDefinition<_waybill_v1_GetSubjectResponse, _waybill_v1_GetSubjectResponse__Output>
      Limits: MessageTypeDefinition<_waybill_v1_Limits, _waybill_v1_Limits__Output>
      ListSubjectsRequest: MessageTypeDefinition<_waybill_v1_ListSubjectsRequest, _waybill_v1_ListSubjectsRequest__Output>
      ListSubjectsResponse: MessageTypeDefinition<_waybill_v1_ListSubjectsResponse, _waybill_v1_ListSubjectsResponse__Output>
      PurgeSubjectRequest: MessageTypeDefinition<_waybill_v1_PurgeSubjectRequest, _waybill_v1_PurgeSubjectRequest__Output>
      PurgeSubjectResponse: MessageTypeDefinition<_waybill_v1_PurgeSubjectResponse, _waybill_v1_PurgeSubjectResponse__Output>
      Storage: MessageTypeDefinition<_waybill_v1_Storage, _waybill_v1_Storage__Output>
      Subject: MessageTypeDefinition<_waybill_v1_Subject, _waybill_v1_Subject__Output>
    }
  }
}

