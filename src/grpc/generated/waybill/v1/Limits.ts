// Original file: proto/waybill/v1/admin_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface Limits {
  'maxMessageBytes'?: (number);
  'maxSubjectBytes'?: (number);
  'maxHeaderBytes'?: (number);
  'maxHeaders'?: (number);
  'maxBatchMessages'?: (number);
  'maxSubjectsPerSubscription'?: (number);
  'maxIdempotencyKeyBytes'?: (number);
  'idempotencyWindow'?: (_google_protobuf_Duration | null);
  /**
   * Absent: messages without a time to live are kept until purged.
   */
  'defaultTtl'?: (_google_protobuf_Duration | null);
  'maxTtl'?: (_google_protobuf_Duration | null);
  'maxStreamsPerConnection'?: (number);
}

export interface Limits__Output {
  'maxMessageBytes': (number);
  'maxSubjectBytes': (number);
  'maxHeaderBytes': (number);
  'maxHeaders': (number);
  'maxBatchMessages': (number);
  'maxSubjectsPerSubscription': (number);
  'maxIdempotencyKeyBytes': (number);
  'idempotencyWindow': (_google_protobuf_Duration__Output | null);
  /**
   * Absent: messages without a time to live are kept until purged.
   */
  'defaultTtl': (_google_protobuf_Duration__Output | null);
  'maxTtl': (_google_protobuf_Duration__Output | null);
  'maxStreamsPerConnection': (number);
}
