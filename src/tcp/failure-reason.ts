import { randomUUID } from 'node:crypto';
import { toBrokerError, type BrokerError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { UNAUTHORIZED } from './refusals.js';

/** What a request named. */
export interface NamedThings {
  readonly stream?: string;
  readonly event?: string;
}

/**
 * The reason of a failed request as clients see it: the words of the original server where it fails too, otherwise the
 * message of the error. Of an internal error nothing is told; the log has all of it.
 */
export function failureReason(error: unknown, { stream, event }: NamedThings, logger: Pick<Logger, 'error'>): string {
  const failed = toBrokerError(error);
  switch (failed.reason) {
    case 'STREAM_EXISTS':
      return `stream: '${stream ?? ''}' already exists`;
    case 'STREAM_NOT_FOUND':
      return stream === undefined ? eventNotFound(event) : streamNotFound(stream);
    case 'EVENT_NOT_FOUND':
      return eventNotFound(event);
    case 'CREDENTIALS_INVALID':
      return UNAUTHORIZED;
    case 'INTERNAL':
      return internalError(failed, logger);
    default:
      return failed.message;
  }
}

function streamNotFound(name: string): string {
  return `stream '${name}' not found`;
}

function eventNotFound(id = ''): string {
  return `event '${id}' not found`;
}

function internalError(error: BrokerError, logger: Pick<Logger, 'error'>): string {
  logger.error({ error_id: randomUUID(), err: error.cause ?? error }, 'internal error');
  return error.message;
}
