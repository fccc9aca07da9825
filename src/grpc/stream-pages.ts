import { checkPageSize } from '../broker/listing.js';
import type { Access } from '../auth/access.js';
import { BrokerError } from '../core/errors.js';
import { MAX_SUBJECT_BYTES, STREAM_SUBJECT_PREFIX } from '../core/subject.js';
import { subjectOfStream } from '../streams/stream-name.js';
import type { Stream, Streams } from '../streams/streams.js';
import type { ListStreamsRequest__Output } from './generated/waybill/v1/ListStreamsRequest.js';
import type { ListStreamsResponse } from './generated/waybill/v1/ListStreamsResponse.js';
import { toWireStream } from './stream-messages.js';

/**
 * One page of the streams that the request asks for and the caller may list.
 *
 * @throws BrokerError ACTION_DENIED, ARGUMENT_INVALID, CURSOR_MALFORMED
 */
export async function readStreamPage(
  streams: Streams,
  access: Access,
  { prefix, pageSize, pageToken }: ListStreamsRequest__Output,
): Promise<ListStreamsResponse> {
  const mayList = listingAccess(access, prefix);
  const limit = checkPageSize(pageSize);
  const page = await streams.list({ prefix, after: decodePageToken(prefix, pageToken), limit });
  const last = page.length < limit ? undefined : page.at(-1);
  return {
    streams: page.filter(mayList).map(toWireStream),
    nextPageToken: last === undefined ? '' : Buffer.from(last.name).toString('base64url'),
  };
}

/**
 * Who lists by a prefix must be allowed to list all subjects that begin so. Two kinds of streams with that prefix have
 * other subjects, and are left out unless a rule allows them too: the one whose name is the prefix itself, and those
 * whose long name is replaced by a digest.
 */
function listingAccess(access: Access, prefix: string): (stream: Stream) => boolean {
  const begin = subjectBegin(prefix);
  access.requireAll('list_streams', `${begin}>`);
  return ({ subject }) =>
    (subject.startsWith(begin) && subject.length > begin.length) || access.allows('list_streams', subject);
}

/** What the subjects of streams with this prefix begin with, as far as a pattern can say it. */
function subjectBegin(prefix: string): string {
  const begin = subjectOfStream(prefix);
  const isDigest = begin.startsWith(`${STREAM_SUBJECT_PREFIX}%s`);
  return isDigest || Buffer.byteLength(begin) >= MAX_SUBJECT_BYTES ? STREAM_SUBJECT_PREFIX : begin;
}

function decodePageToken(prefix: string, token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (Buffer.from(after).toString('base64url') !== token || (token !== '' && !after.startsWith(prefix))) {
    throw new BrokerError('CURSOR_MALFORMED', 'this is not a page token of these streams');
  }
  return after;
}
