// Original file: proto/waybill/v1/broker_service.proto

import type { Message as _waybill_v1_Message, Message__Output as _waybill_v1_Message__Output } from '../../waybill/v1/Message.js';

export interface FetchResponse {
  'message'?: (_waybill_v1_Message | null);
}

export interface FetchResponse__Output {
  'message': (_waybill_v1_Message__Output | null);
}
