import { BrokerError } from '../core/errors.js';
import type { Fence } from './storage.js';

/** The failures of single items of an append, in the same words from every storage. */

export function keyReused(id: number): BrokerError {
  return new BrokerError('IDEMPOTENCY_KEY_REUSED', `the idempotency key was used for another message, ${id}`, {
    fields: { id: String(id) },
  });
}

export function staleFence(subject: string, fence: Fence, current: number): BrokerError {
  return new BrokerError(
    'FENCE_STALE',
    `subject "${subject}" has seen token ${current} of lock "${fence.lock}", later than ${fence.token}`,
    { fields: { current_token: String(current) } },
  );
}

export function unexpectedLastId(subject: string, expected: number, actual: number): BrokerError {
  return new BrokerError('EXPECTED_ID_MISMATCH', `the last id of subject "${subject}" is ${actual}, not ${expected}`, {
    fields: { expected: String(expected), actual: String(actual) },
  });
}

/** @param actual bytes of the body */
export function messageTooLarge(limit: number, actual: number): BrokerError {
  return new BrokerError('MESSAGE_TOO_LARGE', `message is larger than ${limit} bytes`, {
    fields: { limit: String(limit), actual: String(actual) },
  });
}
