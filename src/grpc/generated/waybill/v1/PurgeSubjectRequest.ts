// Original file: proto/waybill/v1/admin_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface PurgeSubjectRequest {
  'subject'?: (string);
  'beforeId'?: (number | string | Long);
  'beforeTime'?: (_google_protobuf_Timestamp | null);
  /**
   * All but the newest so many ids.
   */
  'keepLast'?: (number | string | Long);
  /**
   * False: a dry run that only counts.
   */
  'execute'?: (boolean);
  /**
   * Which messages go; all of them when unset.
   */
  'before'?: "beforeId"|"beforeTime"|"keepLast";
}

export interface PurgeSubjectRequest__Output {
  'subject': (string);
  'beforeId'?: (string);
  'beforeTime'?: (_google_protobuf_Timestamp__Output | null);
  /**
   * All but the newest so many ids.
   */
  'keepLast'?: (string);
  /**
   * False: a dry run that only counts.
   */
  'execute': (boolean);
  /**
   * Which messages go; all of them when unset.
   */
  'before'?: "beforeId"|"beforeTime"|"keepLast";
}
