// Original file: proto/waybill/v1/stream_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface CreateStreamRequest {
  'streamName'?: (string);
  /**
   * Absent: the server's default. Zero: events are kept until the stream is deleted.
   */
  'eventTtl'?: (_google_protobuf_Duration | null);
}

export interface CreateStreamRequest__Output {
  'streamName': (string);
  /**
   * Absent: the server's default. Zero: events are kept until the stream is deleted.
   */
  'eventTtl': (_google_protobuf_Duration__Output | null);
}
