// Original file: proto/waybill/v1/admin_service.proto


export interface ListSubjectsRequest {
  'prefix'?: (string);
  /**
   * 0: 100. At most 1,000.
   */
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListSubjectsRequest__Output {
  'prefix': (string);
  /**
   * 0: 100. At most 1,000.
   */
  'pageSize': (number);
  'pageToken': (string);
}
