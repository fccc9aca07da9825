// Original file: proto/waybill/v1/stream_service.proto

import type { Stream as _waybill_v1_Stream, Stream__Output as _waybill_v1_Stream__Output } from '../../waybill/v1/Stream.js';

export interface ListStreamsResponse {
  'streams'?: (_waybill_v1_Stream)[];
  /**
   * Empty after the last page.
   */
  'nextPageToken'?: (string);
}

export interface ListStreamsResponse__Output {
  'streams': (_waybill_v1_Stream__Output)[];
  /**
   * Empty after the last page.
   */
  'nextPageToken': (string);
}
