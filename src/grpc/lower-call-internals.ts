/**
 * What grpc-js 1.14 knows about a call and does not offer: three faults of a request that it passes on as if nothing
 * were wrong, how much of a message has come, its stream and its connection. This is the only file that looks into the
 * private fields of a call; every look is guarded, so that another version loses these checks and nothing else.
 * `test/e2e/grpc/bad-input.test.ts` fails when that happens.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

interface LowerCallInternals {
  readonly stream?: ServerHttp2Stream;
  readonly incomingEncoding?: string;
  readonly decoder?: {
    readonly readState?: number;
    readonly readMessageSize?: number;
    readonly readMessageRemaining?: number;
    readPartialMessage?: readonly Buffer[];
    write?: (data: Buffer) => Buffer[];
  };
  readonly isReadPending?: boolean;
  readonly readQueue?: readonly { readonly type: string; readonly compressedMessage: Buffer | null }[];
  decompressMessage?: (message: Buffer, encoding: string) => Buffer | Promise<Buffer>;
  deadline?: number;
  deadlineTimer?: NodeJS.Timeout | null;
}

/** Length of the prefix of each gRPC message: one byte of flags, four of length. */
const PREFIX_BYTES = 5;
/** `ReadState.NO_DATA` of the frame decoder: it stands between two messages. */
const BETWEEN_MESSAGES = 0;

function internals(call: ServerInterceptingCallInterface): LowerCallInternals {
  return call as unknown as LowerCallInternals;
}

/** What stands for the connection of the call as long as it lives; undefined once it is gone. */
export function connectionOf(call: ServerInterceptingCallInterface): object | undefined {
  return internals(call).stream?.session ?? undefined;
}

/**
 * True for a message whose compressed flag is set although the call names no encoding. grpc-js hands out the compressed
 * bytes. For such a call it gives a view into the received frame, so the flag lies right before the message.
 */
export function isFlaggedWithoutEncoding(call: ServerInterceptingCallInterface, message: Buffer): boolean {
  if (internals(call).incomingEncoding !== 'identity' || message.byteOffset < PREFIX_BYTES) return false;
  return new Uint8Array(message.buffer, message.byteOffset - PREFIX_BYTES, 1)[0] !== 0;
}

/** True when the client has ended its side in the middle of a message. grpc-js drops the piece in silence. */
export function endsInsideMessage(call: ServerInterceptingCallInterface): boolean {
  return (internals(call).decoder?.readState ?? BETWEEN_MESSAGES) !== BETWEEN_MESSAGES;
}

/** Calls back after each piece of the request that was received and looked at. */
export function onRequestData(call: ServerInterceptingCallInterface, received: () => void): void {
  internals(call).stream?.on('data', received);
}

/**
 * Bytes that were received and cannot be handed on yet: of a message that has begun to arrive, its prefix included, and
 * of those that are being expanded.
 */
export function incompleteBytes(call: ServerInterceptingCallInterface): number {
  const { decoder, incomingEncoding, readQueue = [] } = internals(call);
  let bytes = 0;
  if ((decoder?.readState ?? BETWEEN_MESSAGES) !== BETWEEN_MESSAGES) {
    bytes = PREFIX_BYTES + (decoder?.readMessageSize ?? 0) - (decoder?.readMessageRemaining ?? 0);
  }
  if (incomingEncoding === 'identity') return bytes;
  for (const { type, compressedMessage } of readQueue) {
    if (type === 'COMPRESSED') bytes += compressedMessage?.length ?? 0;
  }
  return bytes;
}

/**
 * Expands compressed messages by other means than grpc-js, which expands any number at a time. What `expand` rejects
 * with ends the call.
 */
export function expandWith(
  call: ServerInterceptingCallInterface,
  expand: (message: Buffer, encoding: string) => Promise<Buffer>,
): void {
  const lower = internals(call);
  if (lower.incomingEncoding === 'identity' || lower.decompressMessage === undefined) return;
  lower.decompressMessage = (message, encoding) => {
    const contents = message.subarray(PREFIX_BYTES);
    return encoding === 'identity' ? contents : expand(contents, encoding);
  };
}

/**
 * Hands on so many messages of one piece of data at most. A piece of 16 KiB can hold thousands of empty ones, for each of
 * which grpc-js keeps some hundred bytes until it is read.
 */
export function limitMessages(call: ServerInterceptingCallInterface, most: number): void {
  const { decoder } = internals(call);
  const write = decoder?.write?.bind(decoder);
  if (decoder === undefined || write === undefined) return;
  decoder.write = (data) => {
    const messages = write(data);
    return messages.length > most ? messages.slice(0, most) : messages;
  };
}

/** Forgets the message that is not complete. The call must be over. */
export function dropIncomplete(call: ServerInterceptingCallInterface): void {
  const { decoder } = internals(call);
  if (decoder?.readPartialMessage !== undefined) decoder.readPartialMessage = [];
}

/** Whether the next message has been asked for and has not come. */
export function awaitsMessage(call: ServerInterceptingCallInterface): boolean {
  return internals(call).isReadPending ?? false;
}

/** The stream of the call. */
export function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream | undefined {
  return internals(call).stream;
}

/**
 * Removes a deadline that lies before the call itself: grpc-js computes the timeout in 32 bits, so one of more than 24.8
 * days can come out negative and would end the call at once. (One that comes out positive cannot be told from a real
 * one; clients that wait that long should send no deadline.)
 */
export function dropOverflownDeadline(call: ServerInterceptingCallInterface): void {
  const lower = internals(call);
  if (lower.deadline === undefined || lower.deadline >= Date.now() - 1000) return;
  if (lower.deadlineTimer) clearTimeout(lower.deadlineTimer);
  lower.deadline = Infinity;
}
