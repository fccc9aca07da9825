import type { Socket } from 'node:net';

/** Bytes that may wait for a client to read them before no more requests of it are looked at. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Writes answers to a socket. What is written within one turn of the event loop goes to the system together.
 */
export class AnswerStream {
  readonly #socket: Socket;
  readonly #onRoom: () => void;
  /** Answers that are not handed to the socket yet. */
  #text = '';
  #flushing = false;
  #waiting: (() => void)[] = [];

  /** @param onRoom called when something has gone to the system, so that {@link isFull} may have changed */
  constructor(socket: Socket, onRoom: () => void) {
    this.#socket = socket;
    this.#onRoom = onRoom;
    socket.on('drain', () => this.#room());
    socket.once('close', () => this.#room());
  }

  /** More than a client should leave unread. */
  get isFull(): boolean {
    return this.#text.length + this.#socket.writableLength > MAX_WAITING_BYTES;
  }

  /** Nobody will read what is written. */
  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Bytes that the system has not taken. */
  get waitingBytes(): number {
    return this.#text.length + this.#socket.writableLength;
  }

  write(text: string): void {
    this.#text += text;
    if (this.#flushing) return;
    this.#flushing = true;
    // After the promises that are settled together, so that what they answer goes together too.
    process.nextTick(() => {
      this.#flushing = false;
      this.#flush();
      this.#onRoom();
    });
  }

  /** Writes bytes at once, behind what was written before. */
  writeBytes(bytes: Buffer): void {
    this.#socket.cork();
    this.#flush();
    if (this.#socket.writable) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** Resolves when there is room, or when nobody will ever read it. */
  async room(): Promise<void> {
    while (this.isFull && !this.isClosed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Closes our side behind what was written; calls back when the system has taken all of it. */
  end(onFinish: () => void): void {
    this.#flush();
    this.#socket.end(onFinish);
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && this.#socket.writable) this.#socket.write(text);
  }

  #room(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#onRoom();
  }
}
