// Original file: proto/waybill/v1/stream_service.proto

export const EventStatus = {
  EVENT_STATUS_UNSPECIFIED: 'EVENT_STATUS_UNSPECIFIED',
  /**
   * 0 on the TCP event bus.
   */
  EVENT_STATUS_UNPROCESSED: 'EVENT_STATUS_UNPROCESSED',
  /**
   * 1 on the TCP event bus.
   */
  EVENT_STATUS_PROCESSED: 'EVENT_STATUS_PROCESSED',
  /**
   * 2 on the TCP event bus.
   */
  EVENT_STATUS_RETRY: 'EVENT_STATUS_RETRY',
} as const;

export type EventStatus =
  | 'EVENT_STATUS_UNSPECIFIED'
  | 0
  /**
   * 0 on the TCP event bus.
   */
  | 'EVENT_STATUS_UNPROCESSED'
  | 1
  /**
   * 1 on the TCP event bus.
   */
  | 'EVENT_STATUS_PROCESSED'
  | 2
  /**
   * 2 on the TCP event bus.
   */
  | 'EVENT_STATUS_RETRY'
  | 3

export type EventStatus__Output = typeof EventStatus[keyof typeof EventStatus]
