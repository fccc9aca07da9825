/** What the body of a swarm's message says: which one it is of its subject, counted from 1, and when it was sent. */
export interface Stamp {
  readonly subject: number;
  readonly sequence: number;
  /** `performance.now()` of the process that published it. */
  readonly sentMs: number;
}

const STAMP_BYTES = 16;

/** @param bytes length of the body; what is beyond the stamp is zeros */
export function encodeStamp({ subject, sequence, sentMs }: Stamp, bytes = STAMP_BYTES): Buffer {
  const body = Buffer.alloc(bytes);
  body.writeUInt32BE(subject, 0);
  body.writeUInt32BE(sequence, 4);
  body.writeDoubleBE(sentMs, 8);
  return body;
}

export function decodeStamp(body: Buffer): Stamp {
  return { subject: body.readUInt32BE(0), sequence: body.readUInt32BE(4), sentMs: body.readDoubleBE(8) };
}
