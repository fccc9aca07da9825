// Original file: proto/waybill/v1/broker_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface PublishResponse {
  'id'?: (number | string | Long);
  'publishTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The idempotency key had been used before with the same content; `id` is that of the first message.
   */
  'duplicate'?: (boolean);
  /**
   * Resumes a subscription of this subject after this message.
   */
  'cursor'?: (string);
}

export interface PublishResponse__Output {
  'id': (string);
  'publishTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The idempotency key had been used before with the same content; `id` is that of the first message.
   */
  'duplicate': (boolean);
  /**
   * Resumes a subscription of this subject after this message.
   */
  'cursor': (string);
}
