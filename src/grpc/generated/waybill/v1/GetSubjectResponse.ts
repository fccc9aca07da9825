// Original file: proto/waybill/v1/admin_service.proto

import type { Subject as _waybill_v1_Subject, Subject__Output as _waybill_v1_Subject__Output } from '../../waybill/v1/Subject.js';

export interface GetSubjectResponse {
  'subject'?: (_waybill_v1_Subject | null);
}

export interface GetSubjectResponse__Output {
  'subject': (_waybill_v1_Subject__Output | null);
}
