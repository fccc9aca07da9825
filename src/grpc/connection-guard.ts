import { constants, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Clock } from '../core/clock.js';
import { endLateData } from './late-data.js';

/** How long a client has until it speaks HTTP/2; one of good will does so with its first packet. */
export const FIRST_WORDS_MS = 10_000;

/**
 * Ends what calls cannot: connections that never begin, and streams that grpc-js answers by itself (an unknown method,
 * another content type) and whose client does not end them, which would keep what it has sent.
 *
 * @param isServed whether a call of this path is one of ours
 */
export function guardConnections(server: Http2Server, clock: Clock, isServed: (path: string) => boolean): void {
  server.on('session', (session) => awaitFirstWords(session, clock));
  server.on('stream', (stream, headers) => {
    const path = headers[constants.HTTP2_HEADER_PATH];
    const type = String(headers[constants.HTTP2_HEADER_CONTENT_TYPE]);
    if (isServed(String(path)) && type.startsWith('application/grpc')) return;
    endLateData(stream, clock);
  });
}

function awaitFirstWords(session: ServerHttp2Session, clock: Clock): void {
  const cancel = clock.after(FIRST_WORDS_MS, () => session.destroy());
  session.once('remoteSettings', cancel);
  session.once('close', cancel);
}
