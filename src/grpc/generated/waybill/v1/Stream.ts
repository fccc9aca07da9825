// Original file: proto/waybill/v1/stream_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface Stream {
  /**
   * UUID.
   */
  'id'?: (string);
  /**
   * 1 to 2,048 bytes without control characters.
   */
  'name'?: (string);
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Life of an event from its creation. Absent when events are kept until the stream is deleted.
   */
  'eventTtl'?: (_google_protobuf_Duration | null);
  /**
   * `$streams.` and the name, with `%`, `*` and `>` percent-encoded; a digest in place of the name where that would be
   * longer than 256 bytes. Readable by Fetch, List and Subscribe; `$streams.>` are the events of all streams.
   */
  'subject'?: (string);
}

export interface Stream__Output {
  /**
   * UUID.
   */
  'id': (string);
  /**
   * 1 to 2,048 bytes without control characters.
   */
  'name': (string);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Life of an event from its creation. Absent when events are kept until the stream is deleted.
   */
  'eventTtl': (_google_protobuf_Duration__Output | null);
  /**
   * `$streams.` and the name, with `%`, `*` and `>` percent-encoded; a digest in place of the name where that would be
   * longer than 256 bytes. Readable by Fetch, List and Subscribe; `$streams.>` are the events of all streams.
   */
  'subject': (string);
}
