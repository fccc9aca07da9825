// Original file: proto/waybill/v1/admin_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Storage as _waybill_v1_Storage, Storage__Output as _waybill_v1_Storage__Output } from '../../waybill/v1/Storage.js';
import type { Limits as _waybill_v1_Limits, Limits__Output as _waybill_v1_Limits__Output } from '../../waybill/v1/Limits.js';

export interface GetServerInfoResponse {
  'version'?: (string);
  /**
   * When this process began to serve.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  'storage'?: (_waybill_v1_Storage | null);
  'limits'?: (_waybill_v1_Limits | null);
}

export interface GetServerInfoResponse__Output {
  'version': (string);
  /**
   * When this process began to serve.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'storage': (_waybill_v1_Storage__Output | null);
  'limits': (_waybill_v1_Limits__Output | null);
}
