// Original file: proto/waybill/v1/stream_service.proto

import type { Stream as _waybill_v1_Stream, Stream__Output as _waybill_v1_Stream__Output } from '../../waybill/v1/Stream.js';

export interface CreateStreamResponse {
  'stream'?: (_waybill_v1_Stream | null);
}

export interface CreateStreamResponse__Output {
  'stream': (_waybill_v1_Stream__Output | null);
}
