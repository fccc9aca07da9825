// Original file: proto/waybill/v1/stream_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface RetryEventsRequest {
  'streamName'?: (string);
  /**
   * As in ProcessEventsRequest.
   */
  'pageSize'?: (number);
  'pageToken'?: (string);
  'afterEventId'?: (string);
  'leaseDuration'?: (_google_protobuf_Duration | null);
}

export interface RetryEventsRequest__Output {
  'streamName': (string);
  /**
   * As in ProcessEventsRequest.
   */
  'pageSize': (number);
  'pageToken': (string);
  'afterEventId': (string);
  'leaseDuration': (_google_protobuf_Duration__Output | null);
}
