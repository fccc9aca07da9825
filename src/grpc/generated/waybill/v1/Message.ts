// Original file: proto/waybill/v1/message.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

/**
 * A stored message.
 */
export interface Message {
  'subject'?: (string);
  /**
   * Dense per subject: 1, 2, 3 and so on, never reused.
   */
  'id'?: (number | string | Long);
  'body'?: (Buffer | Uint8Array | string);
  'headers'?: ({[key: string]: string});
  /**
   * When the storage accepted it; never decreases with the id.
   */
  'publishTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Absent when the message is kept until it is purged.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * A stored message.
 */
export interface Message__Output {
  'subject': (string);
  /**
   * Dense per subject: 1, 2, 3 and so on, never reused.
   */
  'id': (string);
  'body': (Buffer);
  'headers': ({[key: string]: string});
  /**
   * When the storage accepted it; never decreases with the id.
   */
  'publishTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Absent when the message is kept until it is purged.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
}
