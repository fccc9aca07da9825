import { crc32 } from 'node:zlib';
import { BrokerError } from '../core/errors.js';
import { type EventSelection, RETRY, UNPROCESSED } from '../streams/streams.js';

/** How far a walk through the events of a stream has come, and where it ends. */
export interface EventWalk {
  readonly after: number;
  readonly upTo: number;
}

const VERSION = 1;
const CODES = { all: 0, [UNPROCESSED]: 1, [RETRY]: 2 } as const satisfies Record<EventSelection, number>;
/** Version, code of the selection, `after`, `upTo`; then the id of the stream, and a CRC-32 of all that. */
const HEAD_BYTES = 18;
const CRC_BYTES = 4;

/** Opaque text that continues this walk, good for this stream and selection alone. */
export function encodeEventPageToken(streamId: string, selection: EventSelection, { after, upTo }: EventWalk): string {
  const token = Buffer.alloc(HEAD_BYTES + streamId.length + CRC_BYTES);
  token[0] = VERSION;
  token[1] = CODES[selection];
  token.writeBigUInt64LE(BigInt(after), 2);
  token.writeBigUInt64LE(BigInt(upTo), 10);
  token.write(streamId, HEAD_BYTES, 'latin1');
  token.writeUInt32LE(crc32(token.subarray(0, -CRC_BYTES)), token.length - CRC_BYTES);
  return token.toString('base64url');
}

/**
 * The checksum finds damage, not intent: whatever a token says only chooses among the events of the stream that its
 * caller may read anyhow.
 *
 * @throws BrokerError CURSOR_MALFORMED, also for the token of another stream or selection
 */
export function decodeEventPageToken(streamId: string, selection: EventSelection, text: string): EventWalk {
  const token = Buffer.from(text, 'base64url');
  if (token.length !== HEAD_BYTES + streamId.length + CRC_BYTES || token.toString('base64url') !== text) {
    throw malformed();
  }
  const checksum = token.readUInt32LE(token.length - CRC_BYTES);
  if (checksum !== crc32(token.subarray(0, -CRC_BYTES)) || token[0] !== VERSION || token[1] !== CODES[selection]) {
    throw malformed();
  }
  if (token.toString('latin1', HEAD_BYTES, token.length - CRC_BYTES) !== streamId) throw malformed();
  const after = Number(token.readBigUInt64LE(2));
  const upTo = Number(token.readBigUInt64LE(10));
  if (!Number.isSafeInteger(upTo) || after > upTo) throw malformed();
  return { after, upTo };
}

function malformed(): BrokerError {
  return new BrokerError('CURSOR_MALFORMED', 'this is not a page token of these events');
}
