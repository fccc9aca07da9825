// Original file: proto/waybill/v1/stream_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface WriteEventResponse {
  'eventId'?: (string);
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Id of the message in the stream's subject.
   */
  'messageId'?: (number | string | Long);
}

export interface WriteEventResponse__Output {
  'eventId': (string);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Id of the message in the stream's subject.
   */
  'messageId': (string);
}
