/** What Redis answers, as the driver asks for it: bulk strings are buffers, integers are numbers. */
export type Reply = Buffer | number | string | null | readonly Reply[];

/** An argument of a command; text is sent as UTF-8. */
export type Argument = string | Buffer;

/** An answer that cannot be what the scripts answer: something else holds the keys. */
function unexpected(wanted: string): TypeError {
  return new TypeError(`redis has answered something else than ${wanted}`);
}

export function listOf(reply: Reply | undefined): readonly Reply[] {
  if (!Array.isArray(reply)) throw unexpected('a list');
  return reply as readonly Reply[];
}

export function numberOf(reply: Reply | undefined): number {
  if (typeof reply !== 'number') throw unexpected('a number');
  return reply;
}

export function bytesOf(reply: Reply | undefined): Buffer {
  if (!Buffer.isBuffer(reply)) throw unexpected('bytes');
  return reply;
}

export function textOf(reply: Reply | undefined): string {
  return bytesOf(reply).toString();
}

/** The bytes of a Uint8Array as an argument, without copying them. */
export function argumentOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
