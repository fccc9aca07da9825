// Original file: proto/waybill/v1/stream_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';

export interface Lease {
  /**
   * UUID.
   */
  'id'?: (string);
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

export interface Lease__Output {
  /**
   * UUID.
   */
  'id': (string);
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
