/** What a connection may have waiting in large answers: twenty of the largest pages. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Smaller answers are not counted: the streams of a connection bound them well enough. */
const MIN_COUNTED_BYTES = 64 * 1024;

/**
 * Counts the large answers of unary calls that the transport has not taken yet, for each connection, so that a client
 * that asks for pages on all its streams and reads none of them costs a bounded amount of memory.
 */
export class AnswerBudget {
  readonly #waiting = new Map<string, number>();

  /**
   * Undefined when the connection has no room for such an answer; otherwise to be called, once or more often,
   * when the answer has been taken or its stream is gone.
   */
  reserve(peer: () => string, bytes: number): (() => void) | undefined {
    if (bytes < MIN_COUNTED_BYTES) return nothingToRelease;
    const connection = peer();
    const waiting = this.#waiting.get(connection) ?? 0;
    if (waiting + bytes > MAX_WAITING_BYTES) return undefined;
    this.#waiting.set(connection, waiting + bytes);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#release(connection, bytes);
    };
  }

  #release(connection: string, bytes: number): void {
    const left = (this.#waiting.get(connection) ?? 0) - bytes;
    if (left > 0) this.#waiting.set(connection, left);
    else this.#waiting.delete(connection);
  }
}

function nothingToRelease(): void {}
