import { BrokerError } from './errors.js';

/** Longest subject in bytes of UTF-8. */
export const MAX_SUBJECT_BYTES = 256;

/** What the subjects of event streams begin with; they can be read by anybody and are written by streams alone. */
export const STREAM_SUBJECT_PREFIX = '$streams.';

/**
 * Refuses what cannot be published to: empty, longer than 256 bytes, not well-formed Unicode, or reserved by a leading
 * `$`. Wildcard characters are ordinary here: only subscriptions read them as patterns.
 *
 * @throws BrokerError SUBJECT_INVALID
 */
export function validateSubject(subject: string): void {
  checkLength(subject);
  if (subject.charCodeAt(0) === 0x24) {
    throw new BrokerError('SUBJECT_INVALID', 'subjects that begin with "$" are reserved');
  }
}

/**
 * As {@link validateSubject}, but takes the subjects of event streams too.
 *
 * @throws BrokerError SUBJECT_INVALID
 */
export function validateReadableSubject(subject: string): void {
  if (subject.startsWith(STREAM_SUBJECT_PREFIX)) checkLength(subject);
  else validateSubject(subject);
}

function checkLength(subject: string): void {
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
}

/** True when a `waybill.v1` subscription reads `subject` as a pattern: a token is `*`, or a token ends in `>`. */
export function isPattern(subject: string): boolean {
  if (!subject.includes('*') && !subject.includes('>')) return false;
  return subject.split('.').some((token) => token === '*' || token.endsWith('>'));
}
