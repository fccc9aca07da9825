/**
 * What grpc-js 1.14 has in a server and does not offer: the HTTP/2 server of Node inside, and the time that a TLS
 * handshake may take. Every look at a private field is guarded, so that another version loses this and nothing else;
 * `test/e2e/grpc/unfinished-requests.test.ts` and `test/e2e/hostile` fail when that happens.
 */
import type { Http2Server } from 'node:http2';
import type { Server, ServerCredentials } from '@grpc/grpc-js';

interface ServerInternals {
  readonly http2Servers?: ReadonlyMap<Http2Server, unknown>;
}

interface CredentialsInternals {
  _getConstructorOptions?(): object | null;
}

/** The HTTP/2 servers inside: one for each set of credentials. */
export function http2ServersOf(server: Server): readonly Http2Server[] {
  return [...((server as unknown as ServerInternals).http2Servers?.keys() ?? [])];
}

/** Breaks handshakes off that take longer; by default they may take two minutes. To be called before they are used. */
export function limitHandshakes(credentials: ServerCredentials, timeoutMs: number): void {
  const internals = credentials as unknown as CredentialsInternals;
  const options = internals._getConstructorOptions?.bind(credentials);
  if (options !== undefined) internals._getConstructorOptions = () => ({ ...options(), handshakeTimeout: timeoutMs });
}
