import { createHash } from 'node:crypto';
import { BrokerError } from '../core/errors.js';
import { MAX_SUBJECT_BYTES, STREAM_SUBJECT_PREFIX } from '../core/subject.js';

/** Longest name of a stream, bytes of UTF-8. */
export const MAX_STREAM_NAME_BYTES = 2048;

/**
 * Any text is a name, but for the empty one, control characters, what is not well-formed Unicode, and more than 2,048
 * bytes.
 *
 * @throws BrokerError STREAM_NAME_INVALID
 */
export function validateStreamName(name: string): void {
  if (name.length === 0) throw new BrokerError('STREAM_NAME_INVALID', 'the name of the stream is empty');
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_STREAM_NAME_BYTES) {
    throw new BrokerError(
      'STREAM_NAME_INVALID',
      `the name of the stream is ${bytes} bytes, more than ${MAX_STREAM_NAME_BYTES}`,
      { fields: { limit: String(MAX_STREAM_NAME_BYTES), actual: String(bytes) } },
    );
  }
  if (/\p{Cc}|\p{Cs}/u.test(name)) {
    throw new BrokerError('STREAM_NAME_INVALID', 'the name of the stream holds control characters or broken Unicode');
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '%': '%25', '*': '%2A', '>': '%3E' };

/**
 * The subject whose messages are the events of a stream: `$streams.` and the name, in which `%`, `*` and `>` are
 * percent-encoded, so that no name reads as a pattern. Where that is longer than a subject may be, the name is replaced
 * by `%sha256.` and the hexadecimal digest of its UTF-8. No two names have the same subject: an encoded name has no `%s`.
 */
export function subjectOfStream(name: string): string {
  const subject = STREAM_SUBJECT_PREFIX + name.replaceAll(/[%*>]/g, (character) => ESCAPES[character] ?? character);
  if (subject.length * 3 <= MAX_SUBJECT_BYTES || Buffer.byteLength(subject) <= MAX_SUBJECT_BYTES) return subject;
  return `${STREAM_SUBJECT_PREFIX}%sha256.${createHash('sha256').update(name).digest('hex')}`;
}
