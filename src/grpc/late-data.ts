import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../core/clock.js';

/** How long a client that is answered before it has sent its whole request may go on sending, and how much. */
const LATE_DATA_MS = 1000;
const LATE_DATA_BYTES = 64 * 1024;

/** Asks a client that has been answered to send no more (RFC 9113, section 8.1), unless it soon ends by itself. */
export function endLateData(stream: ServerHttp2Stream, clock: Clock): void {
  if (stream.closed || stream.destroyed) return;
  const close = (): void => stream.close(constants.NGHTTP2_NO_ERROR);
  const cancel = clock.after(LATE_DATA_MS, close);
  stream.once('close', cancel);
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LATE_DATA_BYTES && !stream.closed) close();
  });
}
