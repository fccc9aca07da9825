import { BrokerError } from '../core/errors.js';
import { validateReadableSubject } from '../core/subject.js';
import type { MessageLog } from '../storage/storage.js';
import type { ListPage, ListRequest } from './requests.js';

export const DEFAULT_PAGE_SIZE = 100;
export const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_BYTES = 1024 * 1024;
/** Leaves room for framing below the 4 MiB that gRPC clients receive by default. */
export const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/**
 * One page of a subject.
 *
 * @throws BrokerError SUBJECT_INVALID, ARGUMENT_INVALID, CURSOR_MALFORMED
 */
export async function listMessages(log: MessageLog, request: ListRequest): Promise<ListPage> {
  validateReadableSubject(request.subject);
  const pageSize = checkPageSize(request.pageSize);
  if (request.maxBytes > MAX_PAGE_BYTES) {
    throw new BrokerError('ARGUMENT_INVALID', `max_bytes must be at most ${MAX_PAGE_BYTES}`);
  }
  const fromId = await resolveFrom(log, request);
  if (fromId < 1) {
    const [head] = await log.heads([request.subject]);
    return { messages: [], nextPageToken: '', firstId: head!.firstId, lastId: head!.lastId };
  }
  const [page] = await log.read(
    [{ subject: request.subject, fromId, backwards: request.backwards, maxMessages: pageSize }],
    request.maxBytes === 0 ? DEFAULT_PAGE_BYTES : request.maxBytes,
  );
  const { messages, nextId, firstId, lastId } = page!;
  const atEnd = request.backwards ? nextId < firstId : nextId > lastId;
  return { messages, nextPageToken: atEnd ? '' : String(nextId), firstId, lastId };
}

export function checkPageSize(pageSize: number): number {
  if (pageSize > MAX_PAGE_SIZE) throw new BrokerError('ARGUMENT_INVALID', `page_size must be at most ${MAX_PAGE_SIZE}`);
  return pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
}

/** The id to begin with; 0 when there is nothing in this direction. */
async function resolveFrom(log: MessageLog, request: ListRequest): Promise<number> {
  const { from, subject, backwards } = request;
  switch (from.kind) {
    case 'default':
      return backwards ? (await log.heads([subject]))[0]!.lastId : 1;
    case 'id':
      if (from.id < 1) throw new BrokerError('ARGUMENT_INVALID', 'from_id must be at least 1');
      return from.id;
    case 'time': {
      const id = await log.idAtTime(subject, from.timeUs);
      return backwards ? id - 1 : id;
    }
    case 'page':
      if (!/^[1-9][0-9]{0,15}$/.test(from.token) || !Number.isSafeInteger(Number(from.token))) {
        throw new BrokerError('CURSOR_MALFORMED', 'this is not a page token of this broker');
      }
      return Number(from.token);
  }
}
