import type { Access } from '../auth/access.js';
import type { SubscribeRequest } from '../broker/requests.js';
import { isPattern } from '../core/subject.js';

/** @throws BrokerError ACTION_DENIED unless the caller may subscribe to every subject that the request can match */
export function requireSubscribe(
  access: Access,
  { subjects, patterns }: Pick<SubscribeRequest, 'subjects' | 'patterns'>,
): void {
  for (const subject of subjects) {
    if (patterns && isPattern(subject)) access.requireAll('subscribe', subject);
    else access.require('subscribe', subject);
  }
}
