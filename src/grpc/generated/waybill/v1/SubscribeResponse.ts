// Original file: proto/waybill/v1/broker_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { Message as _waybill_v1_Message, Message__Output as _waybill_v1_Message__Output } from '../../waybill/v1/Message.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface _waybill_v1_SubscribeResponse_Batch {
  /**
   * Of one subject strictly increasing ids.
   */
  'messages'?: (_waybill_v1_Message)[];
}

export interface _waybill_v1_SubscribeResponse_Batch__Output {
  /**
   * Of one subject strictly increasing ids.
   */
  'messages': (_waybill_v1_Message__Output)[];
}

/**
 * Everything stored has been delivered; what follows is live. Sent for an empty subject too.
 */
export interface _waybill_v1_SubscribeResponse_CaughtUp {
}

/**
 * Everything stored has been delivered; what follows is live. Sent for an empty subject too.
 */
export interface _waybill_v1_SubscribeResponse_CaughtUp__Output {
}

/**
 * The subscription stands: what is published from now on is delivered. Always the first frame.
 */
export interface _waybill_v1_SubscribeResponse_Confirmed {
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
  /**
   * Names the life of the log; ids mean nothing under another epoch.
   */
  'epoch'?: (string);
}

/**
 * The subscription stands: what is published from now on is delivered. Always the first frame.
 */
export interface _waybill_v1_SubscribeResponse_Confirmed__Output {
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
  /**
   * Names the life of the log; ids mean nothing under another epoch.
   */
  'epoch': (string);
}

/**
 * The server ends this stream now, with UNAVAILABLE: resume with the cursor, on any replica.
 */
export interface _waybill_v1_SubscribeResponse_Draining {
}

/**
 * The server ends this stream now, with UNAVAILABLE: resume with the cursor, on any replica.
 */
export interface _waybill_v1_SubscribeResponse_Draining__Output {
}

/**
 * The subscriber reads more slowly than messages arrive and is now served from the storage. CaughtUp follows.
 */
export interface _waybill_v1_SubscribeResponse_FellBehind {
}

/**
 * The subscriber reads more slowly than messages arrive and is now served from the storage. CaughtUp follows.
 */
export interface _waybill_v1_SubscribeResponse_FellBehind__Output {
}

/**
 * Nothing to deliver; the stream is alive.
 */
export interface _waybill_v1_SubscribeResponse_Heartbeat {
  'serverTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * Nothing to deliver; the stream is alive.
 */
export interface _waybill_v1_SubscribeResponse_Heartbeat__Output {
  'serverTime': (_google_protobuf_Timestamp__Output | null);
}

/**
 * Messages between the last position and `first_available_id` of `subject` are gone.
 */
export interface _waybill_v1_SubscribeResponse_Truncated {
  'subject'?: (string);
  'firstAvailableId'?: (number | string | Long);
}

/**
 * Messages between the last position and `first_available_id` of `subject` are gone.
 */
export interface _waybill_v1_SubscribeResponse_Truncated__Output {
  'subject': (string);
  'firstAvailableId': (string);
}

export interface SubscribeResponse {
  /**
   * Resumes after this frame. Store it once the frame is processed.
   */
  'cursor'?: (string);
  'confirmed'?: (_waybill_v1_SubscribeResponse_Confirmed | null);
  'batch'?: (_waybill_v1_SubscribeResponse_Batch | null);
  'caughtUp'?: (_waybill_v1_SubscribeResponse_CaughtUp | null);
  'fellBehind'?: (_waybill_v1_SubscribeResponse_FellBehind | null);
  'heartbeat'?: (_waybill_v1_SubscribeResponse_Heartbeat | null);
  'truncated'?: (_waybill_v1_SubscribeResponse_Truncated | null);
  'draining'?: (_waybill_v1_SubscribeResponse_Draining | null);
  'frame'?: "confirmed"|"batch"|"caughtUp"|"fellBehind"|"heartbeat"|"truncated"|"draining";
}

export interface SubscribeResponse__Output {
  /**
   * Resumes after this frame. Store it once the frame is processed.
   */
  'cursor': (string);
  'confirmed'?: (_waybill_v1_SubscribeResponse_Confirmed__Output | null);
  'batch'?: (_waybill_v1_SubscribeResponse_Batch__Output | null);
  'caughtUp'?: (_waybill_v1_SubscribeResponse_CaughtUp__Output | null);
  'fellBehind'?: (_waybill_v1_SubscribeResponse_FellBehind__Output | null);
  'heartbeat'?: (_waybill_v1_SubscribeResponse_Heartbeat__Output | null);
  'truncated'?: (_waybill_v1_SubscribeResponse_Truncated__Output | null);
  'draining'?: (_waybill_v1_SubscribeResponse_Draining__Output | null);
  'frame'?: "confirmed"|"batch"|"caughtUp"|"fellBehind"|"heartbeat"|"truncated"|"draining";
}
