// Original file: proto/waybill/v1/broker_service.proto

import type { PublishRequest as _waybill_v1_PublishRequest, PublishRequest__Output as _waybill_v1_PublishRequest__Output } from '../../waybill/v1/PublishRequest.js';

export interface PublishBatchRequest {
  'messages'?: (_waybill_v1_PublishRequest)[];
}

export interface PublishBatchRequest__Output {
  'messages': (_waybill_v1_PublishRequest__Output)[];
}
