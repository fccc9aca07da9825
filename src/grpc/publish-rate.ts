import type { BrokerLimits } from '../broker/limits.js';
import { BrokerError } from '../core/errors.js';
import { messageSize } from '../core/message.js';
import type { Publisher, PublishLimiter } from '../rate-limits/publish-limiter.js';
import type { DecodedPublish } from './wire/publish-codec.js';

/**
 * The messages with an error in place of each that is over the limit of its publisher. What was refused before counts as
 * a message too, and keeps its error. A batch that is too large is left to the broker, which refuses it whole.
 */
export function onlyWithinRate(
  messages: readonly DecodedPublish[],
  publisher: Publisher,
  limiter: PublishLimiter | undefined,
  { maxBatchMessages }: Pick<BrokerLimits, 'maxBatchMessages'>,
): readonly DecodedPublish[] {
  if (limiter === undefined || messages.length > maxBatchMessages) return messages;
  const { taken, refusal } = limiter.takeMany(publisher, messages, sizeOf);
  if (refusal === undefined) return messages;
  return messages.map((message, index) => (index < taken || message instanceof BrokerError ? message : refusal));
}

function sizeOf(message: DecodedPublish): number {
  return message instanceof BrokerError ? 0 : messageSize(message);
}
