// Original file: proto/waybill/v1/stream_service.proto


export interface ReleaseLeaseResponse {
}

export interface ReleaseLeaseResponse__Output {
}
