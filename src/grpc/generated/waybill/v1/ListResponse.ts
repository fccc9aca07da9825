// Original file: proto/waybill/v1/broker_service.proto

import type { Message as _waybill_v1_Message, Message__Output as _waybill_v1_Message__Output } from '../../waybill/v1/Message.js';
import type { Long } from '@grpc/proto-loader';

export interface ListResponse {
  'messages'?: (_waybill_v1_Message)[];
  /**
   * Empty when there is nothing more in this direction.
   */
  'nextPageToken'?: (string);
  /**
   * The subject's oldest readable and last id.
   */
  'firstId'?: (number | string | Long);
  'lastId'?: (number | string | Long);
}

export interface ListResponse__Output {
  'messages': (_waybill_v1_Message__Output)[];
  /**
   * Empty when there is nothing more in this direction.
   */
  'nextPageToken': (string);
  /**
   * The subject's oldest readable and last id.
   */
  'firstId': (string);
  'lastId': (string);
}
