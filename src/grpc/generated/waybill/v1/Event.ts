// Original file: proto/waybill/v1/stream_service.proto

import type { EventStatus as _waybill_v1_EventStatus, EventStatus__Output as _waybill_v1_EventStatus__Output } from '../../waybill/v1/EventStatus.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  /**
   * UUID.
   */
  'id'?: (string);
  'streamId'?: (string);
  'status'?: (_waybill_v1_EventStatus);
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * JSON, byte for byte as it was written.
   */
  'body'?: (Buffer | Uint8Array | string);
  /**
   * Id of the message in the stream's subject.
   */
  'messageId'?: (number | string | Long);
}

export interface Event__Output {
  /**
   * UUID.
   */
  'id': (string);
  'streamId': (string);
  'status': (_waybill_v1_EventStatus__Output);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * JSON, byte for byte as it was written.
   */
  'body': (Buffer);
  /**
   * Id of the message in the stream's subject.
   */
  'messageId': (string);
}
