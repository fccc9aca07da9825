import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const AUTH = { client_id: 'bench', client_secret: 'bench-secret' };

/** One request of the TCP event bus as a line. */
export function requestLine(operation: string, body: object): Buffer {
  return Buffer.from(`${JSON.stringify({ operation, auth: AUTH, body })}\n`);
}

/** A connection that counts answers instead of reading them, so that the load costs as little as it can. */
export class BusSocket {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #onLine: ((line: Buffer) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(address: string): Promise<BusSocket> {
    const [, host, port] = /^(.*):(\d+)$/.exec(address)!;
    const socket = connect({ host: host!, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new BusSocket(socket);
  }

  /** Sends one request and answers its line. */
  async ask(request: Buffer): Promise<Buffer> {
    const answer = new Promise<Buffer>((resolve) => this.#onLine.push(resolve));
    if (this.#onLine.length === 1) this.#socket.on('data', this.#read);
    this.#socket.write(request);
    return answer;
  }

  readonly #read = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    if (chunk.at(-1) !== 0x0a) return;
    const text = Buffer.concat(this.#chunks.splice(0));
    let from = 0;
    for (let end = text.indexOf(0x0a); end >= 0; end = text.indexOf(0x0a, from)) {
      this.#onLine.shift()!(text.subarray(from, end));
      from = end + 1;
    }
    if (this.#onLine.length === 0) this.#socket.off('data', this.#read);
  };

  /**
   * Keeps `depth` requests under way until `next` gives no more, and resolves when all are answered.
   *
   * @param next the next request
   * @throws when an answer is not `status: true`
   */
  async pump(depth: number, next: () => Buffer | undefined): Promise<void> {
    let underWay = 0;
    const send = (count: number): void => {
      const requests: Buffer[] = [];
      for (let request; requests.length < count && (request = next()) !== undefined;) requests.push(request);
      underWay += requests.length;
      if (requests.length > 0) this.#socket.write(Buffer.concat(requests));
    };
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        if (chunk.includes('"status":false')) reject(new Error(chunk.toString()));
        let answers = 0;
        for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) answers++;
        underWay -= answers;
        send(answers);
        if (underWay > 0) return;
        this.#socket.off('data', read);
        resolve();
      };
      this.#socket.on('data', read);
      send(depth);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
