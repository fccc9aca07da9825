// Original file: proto/waybill/v1/stream_service.proto

import type { Lease as _waybill_v1_Lease, Lease__Output as _waybill_v1_Lease__Output } from '../../waybill/v1/Lease.js';

export interface ExtendLeaseResponse {
  'lease'?: (_waybill_v1_Lease | null);
}

export interface ExtendLeaseResponse__Output {
  'lease': (_waybill_v1_Lease__Output | null);
}
