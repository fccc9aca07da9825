// Original file: proto/waybill/v1/admin_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface Subject {
  'name'?: (string);
  'firstId'?: (number | string | Long);
  'lastId'?: (number | string | Long);
  'messages'?: (number | string | Long);
  /**
   * Of bodies and headers.
   */
  'bytes'?: (number | string | Long);
  /**
   * Absent for a subject that was never published to.
   */
  'lastPublishTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Subscriptions of this replica.
   */
  'subscribers'?: (number);
}

export interface Subject__Output {
  'name': (string);
  'firstId': (string);
  'lastId': (string);
  'messages': (string);
  /**
   * Of bodies and headers.
   */
  'bytes': (string);
  /**
   * Absent for a subject that was never published to.
   */
  'lastPublishTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Subscriptions of this replica.
   */
  'subscribers': (number);
}
