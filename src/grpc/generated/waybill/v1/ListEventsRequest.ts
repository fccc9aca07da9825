// Original file: proto/waybill/v1/stream_service.proto


export interface ListEventsRequest {
  'streamName'?: (string);
  /**
   * 1 to 1,000; 0 is 100. A page also ends at 1 MiB and may be short or empty before the last one.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before.
   */
  'pageToken'?: (string);
  /**
   * Begin after this event; only without a page token.
   */
  'afterEventId'?: (string);
}

export interface ListEventsRequest__Output {
  'streamName': (string);
  /**
   * 1 to 1,000; 0 is 100. A page also ends at 1 MiB and may be short or empty before the last one.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before.
   */
  'pageToken': (string);
  /**
   * Begin after this event; only without a page token.
   */
  'afterEventId': (string);
}
