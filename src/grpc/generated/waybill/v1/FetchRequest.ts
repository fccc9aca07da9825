// Original file: proto/waybill/v1/broker_service.proto

import type { Long } from '@grpc/proto-loader';

export interface FetchRequest {
  'subject'?: (string);
  'id'?: (number | string | Long);
}

export interface FetchRequest__Output {
  'subject': (string);
  'id': (string);
}
