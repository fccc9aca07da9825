import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';

/** The 5-byte prefix of a gRPC message, and the message. */
export function frame(message: Buffer, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

export interface RawAnswer {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** grpc-status, whether it came in the headers or in trailers. */
  readonly status: number;
  readonly message: string;
}

/** Speaks gRPC by hand, to send what no client library would. */
export class RawGrpc {
  readonly session: ClientHttp2Session;
  readonly #socket: Socket;

  /**
   * @param address `127.0.0.1:port`
   * @param localAddress of this machine, to call from
   */
  constructor(address: string, localAddress?: string) {
    const [host = '', port] = address.split(':');
    this.#socket = connectSocket({ host, port: Number(port), localAddress });
    this.session = connect(`http://${address}`, {
      createConnection: () => this.#socket,
      // In MB: what is not sent yet counts, and is refused beyond that.
      maxSessionMemory: 1000,
    });
    this.session.on('error', () => undefined);
  }

  /** Loses the connection without a word of HTTP/2. */
  breakConnection(): void {
    this.#socket.resetAndDestroy();
  }

  open(path: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    return this.session.request({
      ':method': 'POST',
      ':path': path,
      te: 'trailers',
      'content-type': 'application/grpc',
      ...headers,
    });
  }

  /** Sends these bytes as the whole request and collects the answer. */
  async call(path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const stream = this.open(path, headers);
    stream.end(body);
    return collect(stream);
  }

  async close(): Promise<void> {
    if (this.session.destroyed) return;
    const closed = once(this.session, 'close');
    this.session.close();
    await closed;
  }
}

/** Everything that the server answers on `stream`. */
export async function collect(stream: ClientHttp2Stream): Promise<RawAnswer> {
  let headers: Record<string, unknown> = {};
  let trailers: Record<string, unknown> = {};
  const chunks: Buffer[] = [];
  stream.on('response', (received) => (headers = received));
  stream.on('trailers', (received) => (trailers = received));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  await once(stream, 'end');
  // The server has answered: it may still wait for the rest of the request, which does not come.
  if (!stream.writableEnded) stream.close(constants.NGHTTP2_CANCEL);
  const ending = { ...headers, ...trailers };
  return {
    headers,
    body: Buffer.concat(chunks),
    status: Number(ending['grpc-status'] ?? -1),
    message: typeof ending['grpc-message'] === 'string' ? ending['grpc-message'] : '',
  };
}
