// Original file: proto/waybill/v1/stream_service.proto


export interface GetStreamRequest {
  'streamName'?: (string);
}

export interface GetStreamRequest__Output {
  'streamName': (string);
}
