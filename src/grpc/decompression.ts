import { status, type StatusObject } from '@grpc/grpc-js';
import { gunzip, inflate } from 'node:zlib';

/** Messages that are expanded at a time: as many as Node has threads for it by default. */
const MAX_RUNNING = 4;

/** Why a message cannot be read, as grpc-js ends calls. */
type Refusal = Pick<StatusObject, 'code' | 'details'>;

const EXPANDERS = new Map([
  ['gzip', gunzip],
  ['deflate', inflate],
]);

/**
 * Expands compressed messages a few at a time, each up to a limit. All at once, as grpc-js does it, small messages that
 * become large ones would take the memory of all of them together.
 */
export class Decompression {
  readonly #maxBytes: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param maxBytes of one message */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Rejects with a status for grpc-js: INTERNAL, RESOURCE_EXHAUSTED or UNIMPLEMENTED.
   *
   * @param isOver whether nobody wants the message any more by the time it is its turn
   */
  async expand(message: Buffer, encoding: string, isOver: () => boolean): Promise<Buffer> {
    if (this.#running < MAX_RUNNING) this.#running++;
    // Whoever is done hands its turn on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (isOver()) throw refusal(status.CANCELLED, 'the call is over');
      return await this.#expand(message, encoding);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #expand(message: Buffer, encoding: string): Promise<Buffer> {
    const expander = EXPANDERS.get(encoding);
    if (expander === undefined) {
      throw refusal(status.UNIMPLEMENTED, `the encoding "${encoding}" is not one of gzip and deflate`);
    }
    return new Promise((resolve, reject) => {
      expander(message, { maxOutputLength: this.#maxBytes }, (error, expanded) => {
        if (error === null) resolve(expanded);
        else reject(this.#refusalOf(error));
      });
    });
  }

  #refusalOf(error: NodeJS.ErrnoException): Refusal {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') {
      return refusal(status.RESOURCE_EXHAUSTED, `the message is larger than ${this.#maxBytes} bytes when expanded`);
    }
    return refusal(status.INTERNAL, 'the message is not compressed as the call says');
  }
}

function refusal(code: status, details: string): Refusal {
  return { code, details };
}
