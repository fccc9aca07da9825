/**
 * What grpc-js 1.14 knows about a call and does not offer: three faults of a request that it passes on as if nothing
 * were wrong, and its connection. This is the only file that looks into its private fields; every look is guarded, so that another version
 * loses these checks and nothing else. `test/e2e/grpc/bad-input.test.ts` fails when that happens.
 */
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

interface LowerCallInternals {
  readonly stream?: { readonly session?: object | null };
  readonly incomingEncoding?: string;
  readonly decoder?: { readonly readState?: number };
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
