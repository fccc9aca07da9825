import { encodeAs } from './proto.js';
import { encodeTimestamp } from './timestamp.js';
import type { ReceivedMessage } from './messages.js';

export interface ListRequest {
  readonly subject: string;
  /** By default the oldest message, or the newest when `backwards`. */
  readonly from?: { readonly id: number } | { readonly timeUs: number } | { readonly pageToken: string };
  /** Newest first. */
  readonly backwards?: boolean;
  /** By default 100, at most 1,000. */
  readonly pageSize?: number;
  /** Bodies and headers of the page; by default 1 MiB, at most 3 MiB. */
  readonly maxBytes?: number;
}

export interface ListPage {
  readonly messages: readonly ReceivedMessage[];
  /** Empty when there is nothing more in this direction. */
  readonly nextPageToken: string;
  /** The subject's oldest readable and last id. */
  readonly firstId: number;
  readonly lastId: number;
}

/** `waybill.v1.ListRequest` */
export function encodeListRequest(request: ListRequest): Buffer {
  return encodeAs('waybill.v1.ListRequest', {
    subject: request.subject,
    ...from(request.from),
    backwards: request.backwards ?? false,
    pageSize: request.pageSize ?? 0,
    maxBytes: request.maxBytes ?? 0,
  });
}

function from(position: ListRequest['from']): object {
  if (position === undefined) return {};
  if ('id' in position) return { fromId: position.id };
  if ('pageToken' in position) return { pageToken: position.pageToken };
  return { fromTime: encodeTimestamp(position.timeUs) };
}
