// Original file: proto/waybill/v1/broker_service.proto

import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The outcome of one frame.
 */
export interface _waybill_v1_PublishStreamResponse_Ack {
  'sequence'?: (number | string | Long);
  /**
   * One id per message of the frame, 0 for those that failed.
   */
  'ids'?: (number | string | Long)[];
  'failures'?: (_waybill_v1_PublishStreamResponse_Ack_Failure)[];
  /**
   * Positions of the messages whose idempotency key had been used before with the same content.
   */
  'duplicates'?: (number)[];
}

/**
 * The outcome of one frame.
 */
export interface _waybill_v1_PublishStreamResponse_Ack__Output {
  'sequence': (string);
  /**
   * One id per message of the frame, 0 for those that failed.
   */
  'ids': (string)[];
  'failures': (_waybill_v1_PublishStreamResponse_Ack_Failure__Output)[];
  /**
   * Positions of the messages whose idempotency key had been used before with the same content.
   */
  'duplicates': (number)[];
}

/**
 * The server is about to stop: send nothing more; what was sent is still acknowledged, then the stream ends.
 */
export interface _waybill_v1_PublishStreamResponse_Draining {
}

/**
 * The server is about to stop: send nothing more; what was sent is still acknowledged, then the stream ends.
 */
export interface _waybill_v1_PublishStreamResponse_Draining__Output {
}

export interface _waybill_v1_PublishStreamResponse_Ack_Failure {
  /**
   * Position of the message within its frame.
   */
  'index'?: (number);
  'status'?: (_google_rpc_Status | null);
}

export interface _waybill_v1_PublishStreamResponse_Ack_Failure__Output {
  /**
   * Position of the message within its frame.
   */
  'index': (number);
  'status': (_google_rpc_Status__Output | null);
}

/**
 * How much may be unacknowledged at a time; each acknowledgement gives back what its frame took. A client that sends
 * more is not read until there is room.
 */
export interface _waybill_v1_PublishStreamResponse_Opened {
  'creditMessages'?: (number);
  'creditBytes'?: (number);
}

/**
 * How much may be unacknowledged at a time; each acknowledgement gives back what its frame took. A client that sends
 * more is not read until there is room.
 */
export interface _waybill_v1_PublishStreamResponse_Opened__Output {
  'creditMessages': (number);
  'creditBytes': (number);
}

export interface PublishStreamResponse {
  'opened'?: (_waybill_v1_PublishStreamResponse_Opened | null);
  'ack'?: (_waybill_v1_PublishStreamResponse_Ack | null);
  'draining'?: (_waybill_v1_PublishStreamResponse_Draining | null);
  'frame'?: "opened"|"ack"|"draining";
}

export interface PublishStreamResponse__Output {
  'opened'?: (_waybill_v1_PublishStreamResponse_Opened__Output | null);
  'ack'?: (_waybill_v1_PublishStreamResponse_Ack__Output | null);
  'draining'?: (_waybill_v1_PublishStreamResponse_Draining__Output | null);
  'frame'?: "opened"|"ack"|"draining";
}
