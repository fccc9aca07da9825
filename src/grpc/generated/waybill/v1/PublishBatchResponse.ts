// Original file: proto/waybill/v1/broker_service.proto

import type { PublishResponse as _waybill_v1_PublishResponse, PublishResponse__Output as _waybill_v1_PublishResponse__Output } from '../../waybill/v1/PublishResponse.js';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.js';

export interface _waybill_v1_PublishBatchResponse_Result {
  'published'?: (_waybill_v1_PublishResponse | null);
  'failure'?: (_google_rpc_Status | null);
  'result'?: "published"|"failure";
}

export interface _waybill_v1_PublishBatchResponse_Result__Output {
  'published'?: (_waybill_v1_PublishResponse__Output | null);
  'failure'?: (_google_rpc_Status__Output | null);
  'result'?: "published"|"failure";
}

export interface PublishBatchResponse {
  /**
   * In the order of the request.
   */
  'results'?: (_waybill_v1_PublishBatchResponse_Result)[];
}

export interface PublishBatchResponse__Output {
  /**
   * In the order of the request.
   */
  'results': (_waybill_v1_PublishBatchResponse_Result__Output)[];
}
