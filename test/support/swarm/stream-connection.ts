import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  ACK,
  callFrames,
  DATA,
  END_STREAM,
  FRAME_HEADER,
  HEADERS,
  INITIAL_STREAM_WINDOW,
  MAX_WINDOW,
  PING,
  pingAnswer,
  PREFACE,
  resetFrame,
  RST_STREAM,
  SETTINGS,
  settingsAnswer,
  settingsFrame,
  windowUpdate,
} from './http2-frames.js';

/** What happens on one stream. */
export interface StreamListener {
  /** The server has answered headers. */
  onHeaders(): void;
  onMessage(message: Buffer): void;
  /** The server has ended or reset the stream, or the connection is gone. */
  onEnd(): void;
}

/** The connection's window is opened again when so much of it is used. */
const REFILL_BYTES = MAX_WINDOW / 4;
const MESSAGE_PREFIX = 5;

/** A server stream of a {@link StreamConnection}. */
export class RawStream {
  readonly #connection: StreamConnection;
  readonly #id: number;
  readonly listener: StreamListener;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;

  constructor(connection: StreamConnection, id: number, listener: StreamListener) {
    this.#connection = connection;
    this.#id = id;
    this.listener = listener;
  }

  /** Lets the server send so many bytes more than the 64 KiB that it may send to begin with. */
  allow(bytes: number): void {
    this.#connection.write(windowUpdate(this.#id, bytes));
  }

  reset(): void {
    this.#connection.write(resetFrame(this.#id));
  }

  /** The payload of one DATA frame. */
  take(payload: Buffer): void {
    let data = payload;
    if (this.#pieceBytes > 0) {
      this.#pieces.push(payload);
      this.#pieceBytes += payload.length;
      if (this.#pieceBytes < messageEnd(this.#pieces[0]!)) return;
      data = Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#pieceBytes = 0;
    }
    let at = 0;
    while (data.length - at >= MESSAGE_PREFIX) {
      const end = at + messageEnd(data.subarray(at));
      if (end > data.length) break;
      this.listener.onMessage(data.subarray(at + MESSAGE_PREFIX, end));
      at = end;
    }
    if (at === data.length) return;
    this.#pieces = [Buffer.from(data.subarray(at))];
    this.#pieceBytes = data.length - at;
  }
}

/** Where the message that begins here ends; a prefix that is itself cut is waited for. */
function messageEnd(data: Buffer): number {
  return data.length < MESSAGE_PREFIX ? MESSAGE_PREFIX : MESSAGE_PREFIX + data.readUInt32BE(1);
}

/**
 * A client of one HTTP/2 connection with many server streams, each of which opens its own window. It spends about a
 * microsecond on a message, so that ten thousand streams can be watched beside the server that is measured. Speaks only
 * what it needs of RFC 9113, and does not understand headers.
 */
export class StreamConnection {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #streams = new Map<number, RawStream>();
  #nextId = 1;
  #buffered: Buffer = Buffer.alloc(0);
  #consumed = 0;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.#address = address;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const id of this.#streams.keys()) this.#ended(id);
    });
  }

  /** @param address `127.0.0.1:port` */
  static async connect(address: string): Promise<StreamConnection> {
    const [host = '', port] = address.split(':');
    const socket = connect({ host, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    socket.write(Buffer.concat([PREFACE, settingsFrame(), windowUpdate(0, MAX_WINDOW - INITIAL_STREAM_WINDOW)]));
    return new StreamConnection(socket, address);
  }

  /** Begins a call of `path` with one request message. */
  open(path: string, request: Buffer, listener: StreamListener): RawStream {
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = new RawStream(this, id, listener);
    this.#streams.set(id, stream);
    this.write(callFrames(id, path, this.#address, request));
    return stream;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Loses the connection without a word of HTTP/2. */
  break(): void {
    this.#socket.destroy();
  }

  #read(received: Buffer): void {
    const chunk = this.#buffered.length > 0 ? Buffer.concat([this.#buffered, received]) : received;
    let at = 0;
    while (chunk.length - at >= FRAME_HEADER) {
      const end = at + FRAME_HEADER + chunk.readUIntBE(at, 3);
      if (end > chunk.length) break;
      this.#frame(chunk[at + 3]!, chunk[at + 4]!, chunk.readUInt32BE(at + 5), chunk.subarray(at + FRAME_HEADER, end));
      at = end;
    }
    this.#buffered = chunk.subarray(at);
    if (this.#consumed < REFILL_BYTES) return;
    this.write(windowUpdate(0, this.#consumed));
    this.#consumed = 0;
  }

  #frame(type: number, flags: number, id: number, payload: Buffer): void {
    const isAnswer = (flags & ACK) !== 0;
    if (type === DATA) {
      this.#consumed += payload.length;
      this.#streams.get(id)?.take(payload);
    } else if (type === HEADERS) {
      if ((flags & END_STREAM) === 0) this.#streams.get(id)?.listener.onHeaders();
    } else if (type === SETTINGS && !isAnswer) {
      this.write(settingsAnswer());
    } else if (type === PING && !isAnswer) {
      this.write(pingAnswer(payload));
    }
    const endsStream = (type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0;
    if (endsStream || type === RST_STREAM) this.#ended(id);
  }

  #ended(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.listener.onEnd();
  }
}
