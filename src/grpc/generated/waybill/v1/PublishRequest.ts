// Original file: proto/waybill/v1/broker_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { Fence as _waybill_v1_Fence, Fence__Output as _waybill_v1_Fence__Output } from '../../waybill/v1/Fence.js';
import type { Long } from '@grpc/proto-loader';

export interface PublishRequest {
  /**
   * 1 to 256 bytes, tokens separated by dots. Must not begin with "$" nor be a pattern.
   */
  'subject'?: (string);
  'body'?: (Buffer | Uint8Array | string);
  'headers'?: ({[key: string]: string});
  /**
   * Absent or zero: the server's default. Negative or above the server's maximum is TTL_OUT_OF_RANGE.
   */
  'ttl'?: (_google_protobuf_Duration | null);
  /**
   * At most 128 bytes, scoped to the subject. The same key and content again answers the first id with `duplicate` set;
   * other content is IDEMPOTENCY_KEY_REUSED. Remembered for the time that GetServerInfo names.
   */
  'idempotencyKey'?: (string);
  /**
   * The id that the subject's last message must have, 0 when there must be none; otherwise EXPECTED_ID_MISMATCH.
   */
  'expectedLastId'?: (number | string | Long);
  'fence'?: (_waybill_v1_Fence | null);
  /**
   * Deliver to the subscribers of this moment and never store: the message takes an id but cannot be fetched.
   */
  'fireAndForget'?: (boolean);
  '_expectedLastId'?: "expectedLastId";
}

export interface PublishRequest__Output {
  /**
   * 1 to 256 bytes, tokens separated by dots. Must not begin with "$" nor be a pattern.
   */
  'subject': (string);
  'body': (Buffer);
  'headers': ({[key: string]: string});
  /**
   * Absent or zero: the server's default. Negative or above the server's maximum is TTL_OUT_OF_RANGE.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
  /**
   * At most 128 bytes, scoped to the subject. The same key and content again answers the first id with `duplicate` set;
   * other content is IDEMPOTENCY_KEY_REUSED. Remembered for the time that GetServerInfo names.
   */
  'idempotencyKey': (string);
  /**
   * The id that the subject's last message must have, 0 when there must be none; otherwise EXPECTED_ID_MISMATCH.
   */
  'expectedLastId'?: (string);
  'fence': (_waybill_v1_Fence__Output | null);
  /**
   * Deliver to the subscribers of this moment and never store: the message takes an id but cannot be fetched.
   */
  'fireAndForget': (boolean);
  '_expectedLastId'?: "expectedLastId";
}
