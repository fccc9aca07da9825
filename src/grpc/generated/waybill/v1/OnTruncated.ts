// Original file: proto/waybill/v1/broker_service.proto

/**
 * What to do when messages after the asked position are gone.
 */
export const OnTruncated = {
  ON_TRUNCATED_UNSPECIFIED: 'ON_TRUNCATED_UNSPECIFIED',
  /**
   * End with OUT_OF_RANGE, POSITION_TRUNCATED (the default).
   */
  ON_TRUNCATED_FAIL: 'ON_TRUNCATED_FAIL',
  /**
   * Send Truncated and go on with the oldest message stored.
   */
  ON_TRUNCATED_SKIP: 'ON_TRUNCATED_SKIP',
} as const;

/**
 * What to do when messages after the asked position are gone.
 */
export type OnTruncated =
  | 'ON_TRUNCATED_UNSPECIFIED'
  | 0
  /**
   * End with OUT_OF_RANGE, POSITION_TRUNCATED (the default).
   */
  | 'ON_TRUNCATED_FAIL'
  | 1
  /**
   * Send Truncated and go on with the oldest message stored.
   */
  | 'ON_TRUNCATED_SKIP'
  | 2

/**
 * What to do when messages after the asked position are gone.
 */
export type OnTruncated__Output = typeof OnTruncated[keyof typeof OnTruncated]
