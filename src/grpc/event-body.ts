import { isUtf8 } from 'node:buffer';
import { BrokerError } from '../core/errors.js';
import { isJsonValue } from '../core/json-value-end.js';

/**
 * Passes a body that is one JSON value in UTF-8.
 *
 * @throws BrokerError MESSAGE_TOO_LARGE, EVENT_INVALID
 */
export function checkEventBody(body: Buffer, maxBytes: number): void {
  // Before it is parsed: what is too large must not cost more than its bytes.
  if (body.length > maxBytes) {
    throw new BrokerError('MESSAGE_TOO_LARGE', `event is ${body.length} bytes, more than ${maxBytes}`, {
      fields: { limit: String(maxBytes), actual: String(body.length) },
    });
  }
  if (!isUtf8(body)) throw new BrokerError('EVENT_INVALID', 'the body of the event is not UTF-8');
  if (!isJsonValue(body)) {
    throw new BrokerError('EVENT_INVALID', 'the body of the event is not one JSON value');
  }
}
