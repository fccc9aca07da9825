import { encodeAs } from './proto.js';
import { encodeTimestamp } from './timestamp.js';

/** Where a subscription begins. */
export type SubscribeFrom =
  /** With the next message to be published. */
  | 'new'
  /** With the oldest message stored. */
  | 'earliest'
  /** After this id; only with a single subject that is not a pattern. */
  | { readonly afterId: number }
  /** With the first message published at this time or later. */
  | { readonly timeUs: number }
  /** After the frame that carried this cursor. */
  | { readonly cursor: string };

export interface SubscribeRequest {
  /** 1 to 64 subjects or patterns: `*` stands for one token, `>` at the end for everything that follows. */
  readonly subjects: readonly string[];
  /** By default `new`. */
  readonly from?: SubscribeFrom;
  /** When messages after the asked position are gone: `fail` (the default) with POSITION_TRUNCATED, or `skip` them. */
  readonly onTruncated?: 'fail' | 'skip';
  /** Most messages in a batch; by default 256, at most 4,096. */
  readonly maxBatchMessages?: number;
  /** By default 15 s; from 1 s to 5 min. */
  readonly heartbeatIntervalMs?: number;
  /** End once every message stored when the subscription began is delivered. */
  readonly stopAtHead?: boolean;
  /** End after this many messages; 0 never. */
  readonly maxMessages?: number;
}

/** `waybill.v1.SubscribeRequest` */
export function encodeSubscribeRequest(request: SubscribeRequest): Buffer {
  const { heartbeatIntervalMs } = request;
  return encodeAs('waybill.v1.SubscribeRequest', {
    subjects: request.subjects,
    ...start(request.from ?? 'new'),
    onTruncated: request.onTruncated === 'skip' ? 'ON_TRUNCATED_SKIP' : 'ON_TRUNCATED_FAIL',
    maxBatchMessages: request.maxBatchMessages ?? 0,
    stopAtHead: request.stopAtHead ?? false,
    maxMessages: request.maxMessages ?? 0,
    ...(heartbeatIntervalMs === undefined
      ? {}
      : {
          heartbeatInterval: {
            seconds: Math.floor(heartbeatIntervalMs / 1000),
            nanos: Math.round((heartbeatIntervalMs % 1000) * 1e6),
          },
        }),
  });
}

function start(from: SubscribeFrom): object {
  if (from === 'new') return { position: 'START_POSITION_NEW' };
  if (from === 'earliest') return { position: 'START_POSITION_EARLIEST' };
  if ('afterId' in from) return { afterId: from.afterId };
  if ('cursor' in from) return { cursor: from.cursor };
  return { time: encodeTimestamp(from.timeUs) };
}
