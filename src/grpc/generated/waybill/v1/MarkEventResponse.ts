// Original file: proto/waybill/v1/stream_service.proto


export interface MarkEventResponse {
}

export interface MarkEventResponse__Output {
}
