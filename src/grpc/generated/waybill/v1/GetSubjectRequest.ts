// Original file: proto/waybill/v1/admin_service.proto


export interface GetSubjectRequest {
  'subject'?: (string);
}

export interface GetSubjectRequest__Output {
  'subject': (string);
}
