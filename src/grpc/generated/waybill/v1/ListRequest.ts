// Original file: proto/waybill/v1/broker_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface ListRequest {
  'subject'?: (string);
  'fromId'?: (number | string | Long);
  'fromTime'?: (_google_protobuf_Timestamp | null);
  'pageToken'?: (string);
  /**
   * Newest first.
   */
  'backwards'?: (boolean);
  /**
   * 0: 100. At most 1,000.
   */
  'pageSize'?: (number);
  /**
   * Bodies and headers of the page, except that one message is always returned. 0: 1 MiB. At most 3 MiB.
   */
  'maxBytes'?: (number);
  /**
   * Where to begin; by default at the oldest message, or at the newest when `backwards`.
   */
  'from'?: "fromId"|"fromTime"|"pageToken";
}

export interface ListRequest__Output {
  'subject': (string);
  'fromId'?: (string);
  'fromTime'?: (_google_protobuf_Timestamp__Output | null);
  'pageToken'?: (string);
  /**
   * Newest first.
   */
  'backwards': (boolean);
  /**
   * 0: 100. At most 1,000.
   */
  'pageSize': (number);
  /**
   * Bodies and headers of the page, except that one message is always returned. 0: 1 MiB. At most 3 MiB.
   */
  'maxBytes': (number);
  /**
   * Where to begin; by default at the oldest message, or at the newest when `backwards`.
   */
  'from'?: "fromId"|"fromTime"|"pageToken";
}
