import { once } from 'node:events';
import { constants, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import { frame } from '../raw-grpc.js';

/**
 * What happens to a call: answered with OK; answered with UNAVAILABLE, by a broker that says in its header what became of
 * the write or by one that does not; its stream refused, or reset after the request had come.
 */
export type Fate = 'ok' | 'unavailable' | 'not_written' | 'unknown' | 'refused' | 'reset';

const SERVING = Buffer.from([0x08, 0x01]);

/** In place of a broker: healthy, and ends calls in the ways that a script says. */
export class ScriptedUpstream {
  /** Those of the next calls; then all are answered. Shared between upstreams, because nobody knows who is asked first. */
  readonly #fates: Fate[];
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Paths of the calls that have come, in their order. */
  readonly calls: string[] = [];

  private constructor(server: Http2Server, fates: Fate[]) {
    this.#server = server;
    this.#fates = fates;
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => undefined);
    });
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      stream.resume().on('end', () => this.#answer(stream, String(headers[':path'])));
    });
  }

  static async start(fates: Fate[]): Promise<ScriptedUpstream> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedUpstream(server, fates);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Listens no more, and loses its connections without a word. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  #answer(stream: ServerHttp2Stream, path: string): void {
    if (path === '/grpc.health.v1.Health/Check') {
      succeed(stream, SERVING);
      return;
    }
    this.calls.push(path);
    const fate = this.#fates.shift() ?? 'ok';
    switch (fate) {
      case 'ok':
        return succeed(stream, Buffer.alloc(0));
      case 'refused':
        return stream.close(constants.NGHTTP2_REFUSED_STREAM);
      case 'reset':
        return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      case 'unavailable':
        return fail(stream, {});
      case 'not_written':
      case 'unknown':
        return fail(stream, { 'waybill-outcome': fate });
    }
  }
}

function succeed(stream: ServerHttp2Stream, message: Buffer): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status.OK) }));
  stream.end(frame(message));
}

function fail(stream: ServerHttp2Stream, headers: Readonly<Record<string, string>>): void {
  const code = String(status.UNAVAILABLE);
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code, ...headers },
    { endStream: true },
  );
}
