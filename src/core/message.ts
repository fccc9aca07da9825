/**
 * The vocabulary of the log. Times are integers in microseconds since the Unix epoch (suffix `Us`): safe integers
 * until the year 2255, and fine enough that every commit of one process can have a time of its own.
 */

/** A header name and its value, both UTF-8 text. Names are unique within a message. */
export type Header = readonly [name: string, value: string];

/** No headers; shared so that the common case allocates nothing. */
export const NO_HEADERS: readonly Header[] = Object.freeze([]);

/** `expireTimeUs` of a message that is kept until it is purged. */
export const NEVER_EXPIRES = 0;

/** A message as the log returns it. `body` may be a view of a larger buffer: copy it before keeping it for long. */
export interface Message {
  readonly subject: string;
  /** Dense per subject: 1, 2, 3 … */
  readonly id: number;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly publishTimeUs: number;
  /** {@link NEVER_EXPIRES} or the first moment at which the message no longer exists. */
  readonly expireTimeUs: number;
}

/** True once `message` must no longer be shown to anybody. */
export function isExpired(message: Pick<Message, 'expireTimeUs'>, nowUs: number): boolean {
  return message.expireTimeUs !== NEVER_EXPIRES && message.expireTimeUs <= nowUs;
}

/** Bytes of text and body that a message occupies, without any framing; what the byte limits count. */
export function messageSize(message: Pick<Message, 'body' | 'headers'>): number {
  let bytes = message.body.length;
  for (const [name, value] of message.headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
