// Original file: proto/waybill/v1/admin_service.proto


export interface GetServerInfoRequest {
}

export interface GetServerInfoRequest__Output {
}
