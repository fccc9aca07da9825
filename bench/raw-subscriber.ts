import { connect, type Socket } from 'node:net';

/**
 * A client of one HTTP/2 connection with many subscription streams that counts bytes by the DATA frame headers alone.
 * Messages of one known size are counted by it: a DATA frame may hold several. A gRPC library in the same two cores would be measured instead of the server: grpc-js takes about 150,000
 * messages a second. Speaks only what it needs of RFC 9113 and sends its headers as HPACK literals (RFC 7541, 6.2.2).
 */
export class RawSubscriber {
  readonly #socket: Socket;
  readonly #onBytes: (bytes: number) => void;
  #buffered: Buffer = Buffer.alloc(0);
  /** Bytes of the frame under way that need not be looked at. */
  #skip = 0;
  #consumed = 0;
  #headersSeen = 0;
  #onHeaders: (() => void) | undefined;

  private constructor(socket: Socket, onBytes: (bytes: number) => void) {
    this.#socket = socket;
    this.#onBytes = onBytes;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
  }

  /** Opens `streams` calls of `path` with the same request. Resolves when all have been answered with headers or sent. */
  static async open(options: {
    readonly address: string;
    readonly path: string;
    readonly request: Buffer;
    readonly streams: number;
    /** The server answers headers when a subscription stands. */
    readonly awaitHeaders: boolean;
    /** Bytes of gRPC messages, their 5-byte prefixes included. */
    readonly onBytes: (bytes: number) => void;
  }): Promise<RawSubscriber> {
    const [host, port] = options.address.split(':');
    const socket = connect({ host: host!, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const subscriber = new RawSubscriber(socket, options.onBytes);
    socket.write(Buffer.concat([PREFACE, settings(), windowUpdate(CONNECTION_WINDOW - 65_535)]));
    for (let stream = 0; stream < options.streams; stream++) {
      socket.write(call(stream * 2 + 1, options.path, options.address, options.request));
    }
    if (options.awaitHeaders) {
      await new Promise<void>((resolve) => {
        subscriber.#onHeaders = () => {
          if (subscriber.#headersSeen === options.streams) resolve();
        };
      });
    }
    return subscriber;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let at = 0;
    let bytes = 0;
    if (this.#buffered.length > 0) {
      chunk = Buffer.concat([this.#buffered, chunk]);
      this.#buffered = Buffer.alloc(0);
    }
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      if (chunk.length - at < FRAME_HEADER) {
        this.#buffered = Buffer.from(chunk.subarray(at));
        break;
      }
      const length = (chunk[at]! << 16) | (chunk[at + 1]! << 8) | chunk[at + 2]!;
      const type = chunk[at + 3]!;
      const flags = chunk[at + 4]!;
      at += FRAME_HEADER;
      this.#skip = length;
      if (type === DATA) {
        bytes += length;
      } else if (type === HEADERS) {
        this.#headersSeen++;
        this.#onHeaders?.();
      } else if (type === SETTINGS && (flags & ACK) === 0) {
        this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
      } else if (type === PING && (flags & ACK) === 0) {
        this.#socket.write(frame(PING, ACK, 0, Buffer.from(chunk.subarray(at, at + length))));
      }
    }
    this.#consumed += bytes;
    if (this.#consumed > CONNECTION_WINDOW / 4) {
      this.#socket.write(windowUpdate(this.#consumed));
      this.#consumed = 0;
    }
    if (bytes > 0) this.#onBytes(bytes);
  }
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME_HEADER = 9;
const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;
const INITIAL_WINDOW_SIZE = 4;
const MAX_WINDOW = 2 ** 31 - 1;
const CONNECTION_WINDOW = 2 ** 30;

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** No flow control on streams: what is measured is how fast the server can send. */
function settings(): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
  payload.writeUInt32BE(MAX_WINDOW, 2);
  return frame(SETTINGS, 0, 0, payload);
}

function windowUpdate(increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(WINDOW_UPDATE, 0, 0, payload);
}

function call(stream: number, path: string, authority: string, request: Buffer): Buffer {
  const headers = Buffer.concat(
    [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', authority],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
    ].map(([name, value]) => literal(name!, value!)),
  );
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(request.length, 1);
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, stream, headers),
    frame(DATA, END_STREAM, stream, Buffer.concat([prefix, request])),
  ]);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}
