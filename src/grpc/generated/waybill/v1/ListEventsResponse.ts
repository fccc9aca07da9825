// Original file: proto/waybill/v1/stream_service.proto

import type { Event as _waybill_v1_Event, Event__Output as _waybill_v1_Event__Output } from '../../waybill/v1/Event.js';

export interface ListEventsResponse {
  'events'?: (_waybill_v1_Event)[];
  /**
   * Empty after the last page.
   */
  'nextPageToken'?: (string);
}

export interface ListEventsResponse__Output {
  'events': (_waybill_v1_Event__Output)[];
  /**
   * Empty after the last page.
   */
  'nextPageToken': (string);
}
