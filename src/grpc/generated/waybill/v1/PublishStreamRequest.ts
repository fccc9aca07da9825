// Original file: proto/waybill/v1/broker_service.proto

import type { PublishRequest as _waybill_v1_PublishRequest, PublishRequest__Output as _waybill_v1_PublishRequest__Output } from '../../waybill/v1/PublishRequest.js';
import type { Long } from '@grpc/proto-loader';

export interface PublishStreamRequest {
  /**
   * Chosen by the client and echoed in the acknowledgement.
   */
  'sequence'?: (number | string | Long);
  'messages'?: (_waybill_v1_PublishRequest)[];
}

export interface PublishStreamRequest__Output {
  /**
   * Chosen by the client and echoed in the acknowledgement.
   */
  'sequence': (string);
  'messages': (_waybill_v1_PublishRequest__Output)[];
}
