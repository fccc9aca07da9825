// Original file: proto/waybill/v1/stream_service.proto


export interface ReleaseLeaseRequest {
  'streamName'?: (string);
  'leaseId'?: (string);
}

export interface ReleaseLeaseRequest__Output {
  'streamName': (string);
  'leaseId': (string);
}
