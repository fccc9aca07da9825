// Original file: proto/waybill/v1/admin_service.proto

import type { Subject as _waybill_v1_Subject, Subject__Output as _waybill_v1_Subject__Output } from '../../waybill/v1/Subject.js';

export interface ListSubjectsResponse {
  'subjects'?: (_waybill_v1_Subject)[];
  'nextPageToken'?: (string);
}

export interface ListSubjectsResponse__Output {
  'subjects': (_waybill_v1_Subject__Output)[];
  'nextPageToken': (string);
}
