// Original file: proto/waybill/v1/broker_service.proto

/**
 * Where a subscription without an exact position begins.
 */
export const StartPosition = {
  START_POSITION_UNSPECIFIED: 'START_POSITION_UNSPECIFIED',
  /**
   * With the next message to be published (the default).
   */
  START_POSITION_NEW: 'START_POSITION_NEW',
  /**
   * With the oldest message stored.
   */
  START_POSITION_EARLIEST: 'START_POSITION_EARLIEST',
} as const;

/**
 * Where a subscription without an exact position begins.
 */
export type StartPosition =
  | 'START_POSITION_UNSPECIFIED'
  | 0
  /**
   * With the next message to be published (the default).
   */
  | 'START_POSITION_NEW'
  | 1
  /**
   * With the oldest message stored.
   */
  | 'START_POSITION_EARLIEST'
  | 2

/**
 * Where a subscription without an exact position begins.
 */
export type StartPosition__Output = typeof StartPosition[keyof typeof StartPosition]
