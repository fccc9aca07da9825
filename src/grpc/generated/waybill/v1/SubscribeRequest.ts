// Original file: proto/waybill/v1/broker_service.proto

import type { StartPosition as _waybill_v1_StartPosition, StartPosition__Output as _waybill_v1_StartPosition__Output } from '../../waybill/v1/StartPosition.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { OnTruncated as _waybill_v1_OnTruncated, OnTruncated__Output as _waybill_v1_OnTruncated__Output } from '../../waybill/v1/OnTruncated.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { Long } from '@grpc/proto-loader';

export interface SubscribeRequest {
  /**
   * 1 to 64 subjects or patterns: `*` stands for one token, `>` at the end for everything that follows. A message that
   * several of them match is delivered once.
   */
  'subjects'?: (string)[];
  'position'?: (_waybill_v1_StartPosition);
  /**
   * After this id; only with a single subject that is not a pattern. An id that does not exist yet is waited for. Ids mean
   * nothing in another life of the log (see Confirmed.epoch): a cursor is refused there, an id cannot be.
   */
  'afterId'?: (number | string | Long);
  /**
   * With the first message published at this time or later.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * After the frame that carried this cursor. Must be of a subscription to the same subjects.
   */
  'cursor'?: (string);
  'onTruncated'?: (_waybill_v1_OnTruncated);
  /**
   * Most messages in a batch. 0: 256. At most 4,096.
   */
  'maxBatchMessages'?: (number);
  /**
   * Time between heartbeats. Absent: 15 s. From 1 s to 5 min.
   */
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
  /**
   * End with OK once every message stored when the subscription began is delivered.
   */
  'stopAtHead'?: (boolean);
  /**
   * End with OK after this many messages. 0: no end.
   */
  'maxMessages'?: (number | string | Long);
  'start'?: "position"|"afterId"|"time"|"cursor";
}

export interface SubscribeRequest__Output {
  /**
   * 1 to 64 subjects or patterns: `*` stands for one token, `>` at the end for everything that follows. A message that
   * several of them match is delivered once.
   */
  'subjects': (string)[];
  'position'?: (_waybill_v1_StartPosition__Output);
  /**
   * After this id; only with a single subject that is not a pattern. An id that does not exist yet is waited for. Ids mean
   * nothing in another life of the log (see Confirmed.epoch): a cursor is refused there, an id cannot be.
   */
  'afterId'?: (string);
  /**
   * With the first message published at this time or later.
   */
  'time'?: (_google_protobuf_Timestamp__Output | null);
  /**
   * After the frame that carried this cursor. Must be of a subscription to the same subjects.
   */
  'cursor'?: (string);
  'onTruncated': (_waybill_v1_OnTruncated__Output);
  /**
   * Most messages in a batch. 0: 256. At most 4,096.
   */
  'maxBatchMessages': (number);
  /**
   * Time between heartbeats. Absent: 15 s. From 1 s to 5 min.
   */
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
  /**
   * End with OK once every message stored when the subscription began is delivered.
   */
  'stopAtHead': (boolean);
  /**
   * End with OK after this many messages. 0: no end.
   */
  'maxMessages': (string);
  'start'?: "position"|"afterId"|"time"|"cursor";
}
