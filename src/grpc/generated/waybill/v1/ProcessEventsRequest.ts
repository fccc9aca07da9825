// Original file: proto/waybill/v1/stream_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface ProcessEventsRequest {
  'streamName'?: (string);
  /**
   * 1 to 1,000; 0 is 100. With a lease: most events to hand out.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before; not with a lease, which always hands out the oldest that are free.
   */
  'pageToken'?: (string);
  /**
   * Begin after this event; only without a page token.
   */
  'afterEventId'?: (string);
  /**
   * 1 second to 24 hours. Absent: the events are only read, those under a lease included.
   */
  'leaseDuration'?: (_google_protobuf_Duration | null);
}

export interface ProcessEventsRequest__Output {
  'streamName': (string);
  /**
   * 1 to 1,000; 0 is 100. With a lease: most events to hand out.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before; not with a lease, which always hands out the oldest that are free.
   */
  'pageToken': (string);
  /**
   * Begin after this event; only without a page token.
   */
  'afterEventId': (string);
  /**
   * 1 second to 24 hours. Absent: the events are only read, those under a lease included.
   */
  'leaseDuration': (_google_protobuf_Duration__Output | null);
}
