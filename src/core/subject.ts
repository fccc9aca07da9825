import { BrokerError } from './errors.js';

/** Longest subject in bytes of UTF-8. */
export const MAX_SUBJECT_BYTES = 256;

/**
 * Refuses what can never be a subject: empty, longer than 256 bytes, or not well-formed Unicode. A leading `$` is
 * reserved for the broker. Wildcard characters are ordinary here: only subscriptions read them as patterns.
 *
 * @throws BrokerError SUBJECT_INVALID
 */
export function validateSubject(subject: string): void {
  if (subject.length === 0) throw new BrokerError('SUBJECT_INVALID', 'subject is empty');
  // A UTF-16 unit is at least one byte, so most subjects need no byte count.
  if (subject.length * 3 > MAX_SUBJECT_BYTES) {
    const bytes = Buffer.byteLength(subject);
    if (bytes > MAX_SUBJECT_BYTES) {
      throw new BrokerError('SUBJECT_INVALID', `subject is ${bytes} bytes, more than ${MAX_SUBJECT_BYTES}`, {
        fields: { limit: String(MAX_SUBJECT_BYTES), actual: String(bytes) },
      });
    }
  }
  if (subject.charCodeAt(0) === 0x24) {
    throw new BrokerError('SUBJECT_INVALID', 'subjects that begin with "$" are reserved');
  }
}

/** True when a `waybill.v1` subscription reads `subject` as a pattern: a token is `*`, or a token ends in `>`. */
export function isPattern(subject: string): boolean {
  if (!subject.includes('*') && !subject.includes('>')) return false;
  return subject.split('.').some((token) => token === '*' || token.endsWith('>'));
}
