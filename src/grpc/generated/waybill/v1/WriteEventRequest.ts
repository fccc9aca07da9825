// Original file: proto/waybill/v1/stream_service.proto


export interface WriteEventRequest {
  'streamName'?: (string);
  /**
   * One JSON value in UTF-8.
   */
  'body'?: (Buffer | Uint8Array | string);
}

export interface WriteEventRequest__Output {
  'streamName': (string);
  /**
   * One JSON value in UTF-8.
   */
  'body': (Buffer);
}
