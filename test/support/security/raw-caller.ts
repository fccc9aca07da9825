import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface RawAnswer {
  /** The status of the call; `refused` when none came because there was no connection to ask on. */
  readonly code: number | 'refused';
  readonly messages: readonly Buffer[];
  /** Everything that the server has told: headers, messages and trailers. */
  readonly text: string;
}

/** A message without compression: flag and length. */
const FRAME_HEAD_BYTES = 5;

/**
 * Makes gRPC calls over Node's HTTP/2 with whatever headers, and on whatever connection, where a gRPC client would not
 * even send them.
 */
export class RawCaller {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    // Each call tells of it as well.
    session.on('error', () => {});
  }

  /** @param address `host:port` */
  static plain(address: string): RawCaller {
    return new RawCaller(connect(`http://${address}`));
  }

  /** @param options over those of a client that does everything right but has no certificate */
  static tls(address: string, options: ConnectionOptions): RawCaller {
    const [host = '', port] = address.split(':');
    const createConnection = () =>
      connectTls({ host, port: Number(port), servername: 'localhost', ALPNProtocols: ['h2'], ...options });
    return new RawCaller(connect('https://localhost', { createConnection }));
  }

  /**
   * Answers when the call has ended, or once its answer begins when `endless`.
   *
   * @param path `waybill.v1.BrokerService/Publish`
   */
  call(
    path: string,
    request: Buffer,
    { headers = {}, endless = false }: { readonly headers?: OutgoingHttpHeaders; readonly endless?: boolean } = {},
  ): Promise<RawAnswer> {
    return new Promise((resolve) => {
      if (this.#session.destroyed) {
        resolve(REFUSED);
        return;
      }
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': `/${path}`,
        te: 'trailers',
        'content-type': 'application/grpc',
        ...headers,
      });
      const told: IncomingHttpHeaders[] = [];
      const chunks: Buffer[] = [];
      stream.on('response', (answered) => {
        told.push(answered);
        if (endless && answered['grpc-status'] === undefined) {
          resolve({ code: 0, messages: [], text: JSON.stringify(told) });
          stream.close(constants.NGHTTP2_CANCEL);
        }
      });
      stream.on('trailers', (trailers) => told.push(trailers));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', () => {});
      stream.on('close', () => {
        const status = told.find((headers) => headers['grpc-status'] !== undefined)?.['grpc-status'];
        const bytes = Buffer.concat(chunks);
        const text = JSON.stringify(told) + bytes.toString('latin1');
        const code = status === undefined ? 'refused' : Number(status);
        resolve({ code, messages: messagesIn(bytes), text });
      });
      stream.end(frame(request));
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

const REFUSED: RawAnswer = { code: 'refused', messages: [], text: '' };

function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function messagesIn(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length;) {
    const end = at + FRAME_HEAD_BYTES + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + FRAME_HEAD_BYTES, end));
    at = end;
  }
  return messages;
}
