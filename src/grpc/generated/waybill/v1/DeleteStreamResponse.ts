// Original file: proto/waybill/v1/stream_service.proto


export interface DeleteStreamResponse {
}

export interface DeleteStreamResponse__Output {
}
