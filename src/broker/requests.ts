import type { Header, Message } from '../core/message.js';
import type { PublishSpan } from '../core/tracing.js';
import type { Fence, SubjectInfo } from '../storage/storage.js';

export interface PublishRequest {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  /** Microseconds; undefined takes the server's default. */
  readonly ttlUs?: number;
  readonly fireAndForget?: boolean;
  readonly idempotencyKey?: string;
  readonly expectedLastId?: number;
  readonly fence?: Fence;
}

export interface PublishOptions {
  /**
   * By the clock's monotonic milliseconds. A message that is still waiting then is answered with DEADLINE_EXCEEDED
   * (`fields.outcome` is `not_written`) and never written.
   */
  readonly deadlineMs?: number | undefined;
  /** Carries the trace context of the call into the messages. */
  readonly span?: PublishSpan | undefined;
}

export type ListFrom =
  | { readonly kind: 'default' }
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'time'; readonly timeUs: number }
  | { readonly kind: 'page'; readonly token: string };

export interface ListRequest {
  readonly subject: string;
  readonly from: ListFrom;
  readonly backwards: boolean;
  /** 0 takes the default of 100; at most 1,000. */
  readonly pageSize: number;
  /** 0 takes the default of 1 MiB; at most 3 MiB. */
  readonly maxBytes: number;
}

export interface ListPage {
  readonly messages: readonly Message[];
  /** Empty when there is nothing more in this direction. */
  readonly nextPageToken: string;
  readonly firstId: number;
  readonly lastId: number;
}

export type SubscribeStart =
  | { readonly kind: 'new' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'after'; readonly id: number }
  | { readonly kind: 'time'; readonly timeUs: number }
  | { readonly kind: 'cursor'; readonly cursor: string };

export interface SubscribeRequest {
  /** Subjects, and patterns when `patterns` says so. */
  readonly subjects: readonly string[];
  /** Reads `*` and `>` as wildcards; otherwise every subject is literal. */
  readonly patterns: boolean;
  readonly start: SubscribeStart;
  /** Goes on at the oldest message when the position asked for is gone; otherwise ends with POSITION_TRUNCATED. */
  readonly skipTruncated: boolean;
  readonly stopAtHead: boolean;
  /** Ends after so many messages; 0 never. */
  readonly maxMessages: number;
}

export interface SubjectStatus extends SubjectInfo {
  /** Subscriptions of this process. */
  readonly subscribers: number;
}

export interface SubjectPage {
  readonly subjects: readonly SubjectStatus[];
  readonly nextPageToken: string;
}

export type PurgeBefore =
  | { readonly kind: 'all' }
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'time'; readonly timeUs: number }
  | { readonly kind: 'keepLast'; readonly count: number };
