// Original file: proto/waybill/v1/stream_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface ExtendLeaseRequest {
  'streamName'?: (string);
  'leaseId'?: (string);
  /**
   * How long the lease lasts from now; 1 second to 24 hours.
   */
  'duration'?: (_google_protobuf_Duration | null);
}

export interface ExtendLeaseRequest__Output {
  'streamName': (string);
  'leaseId': (string);
  /**
   * How long the lease lasts from now; 1 second to 24 hours.
   */
  'duration': (_google_protobuf_Duration__Output | null);
}
