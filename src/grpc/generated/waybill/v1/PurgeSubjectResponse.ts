// Original file: proto/waybill/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface PurgeSubjectResponse {
  'messages'?: (number | string | Long);
  'bytes'?: (number | string | Long);
  /**
   * The subject's oldest readable id afterwards.
   */
  'firstId'?: (number | string | Long);
  'executed'?: (boolean);
}

export interface PurgeSubjectResponse__Output {
  'messages': (string);
  'bytes': (string);
  /**
   * The subject's oldest readable id afterwards.
   */
  'firstId': (string);
  'executed': (boolean);
}
