// Original file: proto/waybill/v1/stream_service.proto


export interface DeleteStreamRequest {
  'streamName'?: (string);
}

export interface DeleteStreamRequest__Output {
  'streamName': (string);
}
