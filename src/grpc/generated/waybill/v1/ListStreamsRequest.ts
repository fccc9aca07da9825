// Original file: proto/waybill/v1/stream_service.proto


export interface ListStreamsRequest {
  /**
   * Only streams whose names begin with this.
   */
  'prefix'?: (string);
  /**
   * 1 to 1,000; 0 is 100.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before.
   */
  'pageToken'?: (string);
}

export interface ListStreamsRequest__Output {
  /**
   * Only streams whose names begin with this.
   */
  'prefix': (string);
  /**
   * 1 to 1,000; 0 is 100.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before.
   */
  'pageToken': (string);
}
