import { createHash } from 'node:crypto';

/** The partition of all streams' definitions. */
export const CATALOG = 'streams';

/** The partition of what is known of the events of one stream. */
export const partitionOf = (streamId: string): string => `stream/${streamId}`;

const NAME = 'n/';
const PREFIX = 'i/';
const REMOVAL = 'd/';
const BLOCK = 'b/';
const SUMMARY = 's/';
const LEASE = 'l/';

/** Keys of records take 512 bytes. */
const MAX_NAME_BYTES = 400;
/** No name of a stream holds this character. */
const CUT = '\u007f';

/** Definitions by name. A name that is too long for a key is cut and told apart by its digest. */
export function nameKey(name: string): string {
  if (name.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(name) <= MAX_NAME_BYTES) return NAME + name;
  return NAME + cut(name) + CUT + createHash('sha256').update(name).digest('hex');
}

/** What the keys of all names with this prefix begin with; those of other names may begin so too. */
export const namePrefixKey = (prefix: string): string => NAME + cut(prefix);
export const NAMES_END = 'n0';

/** At most 400 bytes of UTF-8 from the beginning, in whole characters. */
function cut(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_NAME_BYTES) return name;
  let end = MAX_NAME_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** Definitions by the part of the stream's UUID that its events' ids begin with. */
export const prefixKey = (streamPrefix: string): string => PREFIX + streamPrefix;

/** Streams whose removal has begun. */
export const removalKey = (streamId: string): string => REMOVAL + streamId;
export const REMOVALS = { from: REMOVAL, to: 'd0' } as const;

/** Status of the events of a block, and of the blocks of a summary. */
export const blockKey = (block: number): string => BLOCK + block.toString(16).padStart(12, '0');
export const summaryKey = (summary: number): string => SUMMARY + summary.toString(16).padStart(12, '0');

export const leaseKey = (leaseId: string): string => LEASE + leaseId;
export const LEASES = { from: LEASE, to: 'l0' } as const;

/** Changes whenever a lease is given. */
export const LEASE_GUARD = 'g';

/** Present once the stream is being removed: nothing may be written here any more. */
export const CLOSED = 'closed';
