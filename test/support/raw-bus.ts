import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const NEWLINE = 0x0a;

/** A connection to the TCP event bus that sends any bytes and takes the answers line by line. */
export class RawBus {
  readonly #socket: Socket;
  /** Settles when the server's end of the connection is over, whichever way. */
  readonly #over: Promise<void>;
  #isOver = false;
  /** Complete answers that nobody has taken yet, without their line breaks; from `#taken` on. */
  #lines: Buffer[] = [];
  #taken = 0;
  /** The begin of the next answer. */
  #rest: Buffer[] = [];
  #wake: (() => void) | undefined;
  /** How the connection was lost, unless the server has just closed it. */
  failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => (this.failure = error));
    this.#over = new Promise((resolve) => {
      const finish = (): void => {
        this.#isOver = true;
        this.#wake?.();
        resolve();
      };
      socket.on('end', finish);
      socket.on('close', finish);
    });
  }

  /** @param address `127.0.0.1:port` */
  static async open(address: string): Promise<RawBus> {
    const [host, port] = address.split(':');
    const socket = connect({ host: host ?? '', port: Number(port), allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new RawBus(socket);
  }

  /** True once the server has ended its side. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes that the socket has not handed to the kernel yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Sends exactly these bytes. */
  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** As {@link send}; resolves when the kernel has taken them, or the connection is lost. */
  async sent(bytes: string | Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** The next answer, without its line break. Rejects when the connection ends before. */
  async line(): Promise<Buffer> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw new Error(`the server closed the connection${this.#how()}`);
    return line;
  }

  /** The next answer; undefined when the connection has ended. */
  async lineOrEnd(): Promise<Buffer | undefined> {
    for (;;) {
      const line = this.#lines[this.#taken];
      if (line !== undefined) {
        this.#taken++;
        return line;
      }
      if (this.#isOver) return undefined;
      this.#lines = [];
      this.#taken = 0;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next `count` answers. */
  async lines(count: number): Promise<Buffer[]> {
    const lines: Buffer[] = [];
    while (lines.length < count) lines.push(await this.line());
    return lines;
  }

  /** Sends a request and a line break, and waits for its answer. */
  async ask(request: string | Uint8Array): Promise<string> {
    this.#socket.cork();
    this.send(request);
    this.send('\n');
    this.#socket.uncork();
    return (await this.line()).toString();
  }

  /** Says that nothing more will be sent (FIN). Answers still come. */
  end(bytes?: string | Uint8Array): void {
    if (bytes === undefined) this.#socket.end();
    else this.#socket.end(bytes);
  }

  /** Every answer that is left, once the server has closed the connection. Rejects when it breaks, or within a line. */
  async remaining(): Promise<string[]> {
    await this.#over;
    if (this.failure !== undefined) throw this.failure;
    if (this.#rest.length > 0) throw new Error(`the last line is cut: ${Buffer.concat(this.#rest).toString()}`);
    const lines = this.#lines.slice(this.#taken).map(String);
    this.#taken = this.#lines.length;
    return lines;
  }

  /** Stops reading, so that what the server sends stays in its buffers. */
  stopReading(): void {
    this.#socket.pause();
  }

  readAgain(): void {
    this.#socket.resume();
  }

  /** Gone without a word (RST). */
  break(): void {
    this.#socket.resetAndDestroy();
  }

  /** For the end of a test, whatever state it is in. */
  async dispose(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  #take(chunk: Buffer): void {
    let begin = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
      const tail = chunk.subarray(begin, end);
      this.#lines.push(this.#rest.length === 0 ? tail : Buffer.concat([...this.#rest, tail]));
      this.#rest = [];
      begin = end + 1;
    }
    if (begin < chunk.length) this.#rest.push(chunk.subarray(begin));
    this.#wake?.();
  }

  #how(): string {
    return this.failure === undefined ? '' : `: ${this.failure.message}`;
  }
}
