import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface LineConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Without it the connection is not encrypted. Contents of PEM files. */
  readonly tls?: EventBusTls | undefined;
  /** For connecting and for each answer; 0: no limit. */
  readonly timeoutMs: number;
}

export interface EventBusTls {
  /** Undefined trusts the authorities that Node does. */
  readonly ca?: Buffer;
  /** Own certificate, for servers that ask for one. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Name to expect in the server's certificate instead of the host. */
  readonly serverName?: string;
}

interface Waiting {
  readonly deadlineMs: number;
  readonly resolve: (line: Buffer) => void;
  readonly reject: (error: Error) => void;
}

const LINE_FEED = 0x0a;
/** What an answer may have; the server lists all events of a stream in one line. */
const MAX_LINE_BYTES = 1024 * 1024 * 1024;

/** Lines out, one line back for each, in the same order; any number may be under way. */
export class LineConnection {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  /** In the order of their lines; those before `#answered` have their answer. */
  #waiting: Waiting[] = [];
  #answered = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #corked = false;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  readonly closed: Promise<void>;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#fail(new Error('the server closed the connection'));
        resolve();
      });
    });
  }

  /** Rejects with what Node says, or with a timeout. */
  static open({ host, port, tls, timeoutMs }: LineConnectionOptions): Promise<LineConnection> {
    return new Promise((resolve, reject) => {
      const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tlsOptions(tls) });
      socket.setNoDelay(true);
      const timer =
        timeoutMs === 0
          ? undefined
          : setTimeout(() => socket.destroy(new Error(`it did not answer within ${timeoutMs} ms`)), timeoutMs);
      const failed = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      socket.once('error', failed);
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer);
        socket.removeListener('error', failed);
        resolve(new LineConnection(socket, timeoutMs));
      });
    });
  }

  /** Sends the parts of one line, which ends in a line feed, and resolves with the line that answers it. */
  send(parts: readonly (Buffer | string)[]): Promise<Buffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#timeoutMs === 0 ? Infinity : Date.now() + this.#timeoutMs;
      this.#waiting.push({ deadlineMs, resolve, reject });
      this.#cork();
      for (const part of parts) this.#socket.write(part);
      if (this.#timer === undefined) this.#watchOldest();
    });
  }

  /** Ends the connection at once; what has no answer fails. */
  close(): void {
    this.#fail(new Error('the connection was closed'));
  }

  /** What is sent in one turn leaves in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  #receive(chunk: Buffer): void {
    let begin = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, begin)) {
      this.#parts.push(chunk.subarray(begin, end));
      const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#partBytes = 0;
      begin = end + 1;
      this.#answer(line);
    }
    if (begin === chunk.length) return;
    this.#parts.push(chunk.subarray(begin));
    this.#partBytes += chunk.length - begin;
    if (this.#partBytes > MAX_LINE_BYTES) this.#fail(new Error('the server sends a line without end'));
  }

  #answer(line: Buffer): void {
    const waiting = this.#waiting[this.#answered++];
    if (waiting === undefined) {
      this.#fail(new Error('the server sent an answer to nothing'));
      return;
    }
    waiting.resolve(line);
    // Dropped in bulk: taking the first off a long array each time would cost its length.
    if (this.#answered * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#answered);
    this.#answered = 0;
  }

  /** One timer for all: answers come in order, so the oldest is the first to be late. */
  #watchOldest(): void {
    this.#timer = undefined;
    const oldest = this.#waiting[this.#answered];
    if (oldest === undefined || oldest.deadlineMs === Infinity) return;
    const leftMs = oldest.deadlineMs - Date.now();
    if (leftMs <= 0) {
      this.#fail(new Error(`the server did not answer within ${this.#timeoutMs} ms`));
      return;
    }
    this.#timer = setTimeout(() => this.#watchOldest(), leftMs);
    // The socket keeps the process as long as it is open.
    this.#timer.unref();
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    const waiting = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    for (const { reject } of waiting) reject(error);
  }
}

function tlsOptions({ serverName, ...files }: EventBusTls) {
  return { ...files, ...(serverName === undefined ? {} : { servername: serverName }) };
}
