// Original file: proto/waybill/v1/broker_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The writer's lock and token: refused with FENCE_STALE when the subject has seen a larger token of that lock.
 */
export interface Fence {
  'lock'?: (string);
  'token'?: (number | string | Long);
}

/**
 * The writer's lock and token: refused with FENCE_STALE when the subject has seen a larger token of that lock.
 */
export interface Fence__Output {
  'lock': (string);
  'token': (string);
}
