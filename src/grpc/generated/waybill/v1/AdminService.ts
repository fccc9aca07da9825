// Original file: proto/waybill/v1/admin_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetServerInfoRequest as _waybill_v1_GetServerInfoRequest, GetServerInfoRequest__Output as _waybill_v1_GetServerInfoRequest__Output } from '../../waybill/v1/GetServerInfoRequest.js';
import type { GetServerInfoResponse as _waybill_v1_GetServerInfoResponse, GetServerInfoResponse__Output as _waybill_v1_GetServerInfoResponse__Output } from '../../waybill/v1/GetServerInfoResponse.js';
import type { GetSubjectRequest as _waybill_v1_GetSubjectRequest, GetSubjectRequest__Output as _waybill_v1_GetSubjectRequest__Output } from '../../waybill/v1/GetSubjectRequest.js';
import type { GetSubjectResponse as _waybill_v1_GetSubjectResponse, GetSubjectResponse__Output as _waybill_v1_GetSubjectResponse__Output } from '../../waybill/v1/GetSubjectResponse.js';
import type { ListSubjectsRequest as _waybill_v1_ListSubjectsRequest, ListSubjectsRequest__Output as _waybill_v1_ListSubjectsRequest__Output } from '../../waybill/v1/ListSubjectsRequest.js';
import type { ListSubjectsResponse as _waybill_v1_ListSubjectsResponse, ListSubjectsResponse__Output as _waybill_v1_ListSubjectsResponse__Output } from '../../waybill/v1/ListSubjectsResponse.js';
import type { PurgeSubjectRequest as _waybill_v1_PurgeSubjectRequest, PurgeSubjectRequest__Output as _waybill_v1_PurgeSubjectRequest__Output } from '../../waybill/v1/PurgeSubjectRequest.js';
import type { PurgeSubjectResponse as _waybill_v1_PurgeSubjectResponse, PurgeSubjectResponse__Output as _waybill_v1_PurgeSubjectResponse__Output } from '../../waybill/v1/PurgeSubjectResponse.js';

/**
 * Looking at the server and its data.
 */
export interface AdminServiceClient extends grpc.Client {
  /**
   * Version, storage and limits.
   */
  GetServerInfo(argument: _waybill_v1_GetServerInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  GetServerInfo(argument: _waybill_v1_GetServerInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  GetServerInfo(argument: _waybill_v1_GetServerInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  GetServerInfo(argument: _waybill_v1_GetServerInfoRequest, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Version, storage and limits.
   */
  getServerInfo(argument: _waybill_v1_GetServerInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  getServerInfo(argument: _waybill_v1_GetServerInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  getServerInfo(argument: _waybill_v1_GetServerInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  getServerInfo(argument: _waybill_v1_GetServerInfoRequest, callback: grpc.requestCallback<_waybill_v1_GetServerInfoResponse__Output>): grpc.ClientUnaryCall;
  
  GetSubject(argument: _waybill_v1_GetSubjectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  GetSubject(argument: _waybill_v1_GetSubjectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  GetSubject(argument: _waybill_v1_GetSubjectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  GetSubject(argument: _waybill_v1_GetSubjectRequest, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  getSubject(argument: _waybill_v1_GetSubjectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  getSubject(argument: _waybill_v1_GetSubjectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  getSubject(argument: _waybill_v1_GetSubjectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  getSubject(argument: _waybill_v1_GetSubjectRequest, callback: grpc.requestCallback<_waybill_v1_GetSubjectResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Pages through the subjects that were ever published to, ordered by their bytes.
   */
  ListSubjects(argument: _waybill_v1_ListSubjectsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  ListSubjects(argument: _waybill_v1_ListSubjectsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  ListSubjects(argument: _waybill_v1_ListSubjectsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  ListSubjects(argument: _waybill_v1_ListSubjectsRequest, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Pages through the subjects that were ever published to, ordered by their bytes.
   */
  listSubjects(argument: _waybill_v1_ListSubjectsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  listSubjects(argument: _waybill_v1_ListSubjectsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  listSubjects(argument: _waybill_v1_ListSubjectsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  listSubjects(argument: _waybill_v1_ListSubjectsRequest, callback: grpc.requestCallback<_waybill_v1_ListSubjectsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Removes messages of a subject. Without `execute` it only counts what would go.
   */
  PurgeSubject(argument: _waybill_v1_PurgeSubjectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  PurgeSubject(argument: _waybill_v1_PurgeSubjectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  PurgeSubject(argument: _waybill_v1_PurgeSubjectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  PurgeSubject(argument: _waybill_v1_PurgeSubjectRequest, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Removes messages of a subject. Without `execute` it only counts what would go.
   */
  purgeSubject(argument: _waybill_v1_PurgeSubjectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  purgeSubject(argument: _waybill_v1_PurgeSubjectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  purgeSubject(argument: _waybill_v1_PurgeSubjectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  purgeSubject(argument: _waybill_v1_PurgeSubjectRequest, callback: grpc.requestCallback<_waybill_v1_PurgeSubjectResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Looking at the server and its data.
 */
export interface AdminServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Version, storage and limits.
   */
  GetServerInfo: grpc.handleUnaryCall<_waybill_v1_GetServerInfoRequest__Output, _waybill_v1_GetServerInfoResponse>;
  
  GetSubject: grpc.handleUnaryCall<_waybill_v1_GetSubjectRequest__Output, _waybill_v1_GetSubjectResponse>;
  
  /**
   * Pages through the subjects that were ever published to, ordered by their bytes.
   */
  ListSubjects: grpc.handleUnaryCall<_waybill_v1_ListSubjectsRequest__Output, _waybill_v1_ListSubjectsResponse>;
  
  /**
   * Removes messages of a subject. Without `execute` it only counts what would go.
   */
  PurgeSubject: grpc.handleUnaryCall<_waybill_v1_PurgeSubjectRequest__Output, _waybill_v1_PurgeSubjectResponse>;
  
}

export interface AdminServiceDefinition extends grpc.ServiceDefinition {
  GetServerInfo: MethodDefinition<_waybill_v1_GetServerInfoRequest, _waybill_v1_GetServerInfoResponse, _waybill_v1_GetServerInfoRequest__Output, _waybill_v1_GetServerInfoResponse__Output>
  GetSubject: MethodDefinition<_waybill_v1_GetSubjectRequest, _waybill_v1_GetSubjectResponse, _waybill_v1_GetSubjectRequest__Output, _waybill_v1_GetSubjectResponse__Output>
  ListSubjects: MethodDefinition<_waybill_v1_ListSubjectsRequest, _waybill_v1_ListSubjectsResponse, _waybill_v1_ListSubjectsRequest__Output, _waybill_v1_ListSubjectsResponse__Output>
  PurgeSubject: MethodDefinition<_waybill_v1_PurgeSubjectRequest, _waybill_v1_PurgeSubjectResponse, _waybill_v1_PurgeSubjectRequest__Output, _waybill_v1_PurgeSubjectResponse__Output>
}
