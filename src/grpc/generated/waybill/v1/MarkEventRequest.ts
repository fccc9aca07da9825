// Original file: proto/waybill/v1/stream_service.proto

import type { EventStatus as _waybill_v1_EventStatus, EventStatus__Output as _waybill_v1_EventStatus__Output } from '../../waybill/v1/EventStatus.js';

export interface MarkEventRequest {
  'eventId'?: (string);
  'status'?: (_waybill_v1_EventStatus);
  /**
   * Only if the event is still under this lease; fails with LEASE_LOST otherwise.
   */
  'leaseId'?: (string);
}

export interface MarkEventRequest__Output {
  'eventId': (string);
  'status': (_waybill_v1_EventStatus__Output);
  /**
   * Only if the event is still under this lease; fails with LEASE_LOST otherwise.
   */
  'leaseId': (string);
}
