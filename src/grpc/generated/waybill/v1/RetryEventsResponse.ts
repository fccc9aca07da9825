// Original file: proto/waybill/v1/stream_service.proto

import type { Event as _waybill_v1_Event, Event__Output as _waybill_v1_Event__Output } from '../../waybill/v1/Event.js';
import type { Lease as _waybill_v1_Lease, Lease__Output as _waybill_v1_Lease__Output } from '../../waybill/v1/Lease.js';

export interface RetryEventsResponse {
  'events'?: (_waybill_v1_Event)[];
  /**
   * Empty after the last page, and with a lease.
   */
  'nextPageToken'?: (string);
  /**
   * Present when events were leased.
   */
  'lease'?: (_waybill_v1_Lease | null);
}

export interface RetryEventsResponse__Output {
  'events': (_waybill_v1_Event__Output)[];
  /**
   * Empty after the last page, and with a lease.
   */
  'nextPageToken': (string);
  /**
   * Present when events were leased.
   */
  'lease': (_waybill_v1_Lease__Output | null);
}
