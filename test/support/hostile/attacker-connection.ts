import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  ACK,
  DATA,
  END_STREAM,
  FRAME_HEADER,
  HEADERS,
  PING,
  pingAnswer,
  PREFACE,
  RST_STREAM,
  SETTINGS,
  settingsAnswer,
  settingsFrame,
} from '../swarm/http2-frames.js';
import type { AttackTarget } from './attack.js';

const GOAWAY = 7;

/** What a server tells of an error, by RFC 9113, section 7. */
const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
] as const;

/** A connection whose client sends frames, or any bytes, without asking whether it may. */
export class AttackerConnection {
  readonly socket: Socket;
  /** Settles when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  /** Why the server says that it closes the connection; undefined before and when it says nothing. */
  goaway: string | undefined;
  /** Streams that the server has reset, and those that it has answered to the end. */
  readonly resetStreams = new Set<number>();
  readonly answeredStreams = new Set<number>();
  #received: Buffer = Buffer.alloc(0);
  readonly #waiting = new Set<() => void>();
  /** Whether settings and pings of the server are answered. */
  #answers = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#wake();
        resolve();
      });
    });
  }

  /** Connected, without a byte of HTTP/2. */
  static async raw({ address, localAddress, tls = false }: AttackTarget): Promise<AttackerConnection> {
    const [host = '', port] = address.split(':');
    const options = { host, port: Number(port), localAddress, noDelay: true };
    const socket = tls
      ? connectTls({ ...options, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
      : connect(options);
    const connection = new AttackerConnection(socket);
    await Promise.race([once(socket, tls ? 'secureConnect' : 'connect').catch(() => {}), connection.closed]);
    return connection;
  }

  /** With the preface and settings that a client of good will sends too. */
  static async open(target: AttackTarget): Promise<AttackerConnection> {
    const connection = await AttackerConnection.raw(target);
    connection.#answers = true;
    await connection.send(Buffer.concat([PREFACE, settingsFrame()]));
    return connection;
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves when the kernel has taken it, or the connection is gone. */
  async send(bytes: Buffer): Promise<void> {
    if (this.isClosed || this.socket.write(bytes)) return;
    await Promise.race([new Promise<void>((resolve) => this.socket.once('drain', resolve)), this.closed]);
  }

  /** Resolves once the condition holds, the connection is gone, or the time is over. */
  async until(condition: () => boolean, timeoutMs: number): Promise<void> {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      this.#wake();
    }, timeoutMs);
    while (!over && !this.isClosed && !condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    clearTimeout(timer);
  }

  /** How the server ended the connection, or `open` when it has not within the time. */
  async ending(timeoutMs: number): Promise<string> {
    await this.until(() => this.goaway !== undefined, timeoutMs);
    if (this.goaway !== undefined) return `GOAWAY ${this.goaway}`;
    return this.isClosed ? 'closed' : 'open';
  }

  /** How the server ended the connection or the only stream that it knows of, or `open`. */
  async anyEnding(timeoutMs: number): Promise<string> {
    const over = (): boolean =>
      this.goaway !== undefined || this.resetStreams.size > 0 || this.answeredStreams.size > 0;
    await this.until(over, timeoutMs);
    if (this.goaway !== undefined || this.isClosed) return this.ending(0);
    if (this.resetStreams.size > 0) return 'reset';
    return this.answeredStreams.size > 0 ? 'answered' : 'open';
  }

  /** How the server ended the stream, or `open` when it has not within the time. */
  async streamEnding(stream: number, timeoutMs: number): Promise<string> {
    const over = (): boolean =>
      this.goaway !== undefined || this.resetStreams.has(stream) || this.answeredStreams.has(stream);
    await this.until(over, timeoutMs);
    if (this.resetStreams.has(stream)) return 'reset';
    if (this.answeredStreams.has(stream)) return 'answered';
    return this.ending(0);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + this.#received.readUIntBE(0, 3);
      if (this.#received.length < end) break;
      this.#onFrame(this.#received.subarray(0, end));
      this.#received = this.#received.subarray(end);
    }
    this.#wake();
  }

  #onFrame(frame: Buffer): void {
    const [type, flags = 0] = [frame[3], frame[4]];
    const stream = frame.readUInt32BE(5);
    const payload = frame.subarray(FRAME_HEADER);
    if (type === RST_STREAM) this.resetStreams.add(stream);
    else if (type === GOAWAY) this.goaway = ERROR_NAMES[payload.readUInt32BE(4)] ?? String(payload.readUInt32BE(4));
    else if ((type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0) this.answeredStreams.add(stream);
    else if (!this.#answers || (flags & ACK) !== 0) return;
    else if (type === SETTINGS) this.socket.write(settingsAnswer());
    else if (type === PING) this.socket.write(pingAnswer(payload));
  }
}
