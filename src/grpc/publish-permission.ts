import { type Access, FULL_ACCESS } from '../auth/access.js';
import type { BrokerLimits } from '../broker/limits.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { DecodedPublish } from './wire/publish-codec.js';

/**
 * The messages with an error in place of each that the caller may not publish. A batch that is too large is left to the
 * broker, which refuses it whole: millions of errors would take seconds to make.
 */
export function onlyAllowed(
  messages: readonly DecodedPublish[],
  access: Access,
  { maxBatchMessages }: Pick<BrokerLimits, 'maxBatchMessages'>,
): readonly DecodedPublish[] {
  if (access === FULL_ACCESS || messages.length > maxBatchMessages) return messages;
  let checked: DecodedPublish[] | undefined;
  for (const [index, message] of messages.entries()) {
    if (message instanceof BrokerError) continue;
    try {
      access.require('publish', message.subject);
    } catch (error) {
      checked ??= [...messages];
      checked[index] = toBrokerError(error);
    }
  }
  return checked ?? messages;
}
