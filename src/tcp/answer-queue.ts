import type { Answer } from './answer.js';

/** The place of a request's answer among those of its connection. */
export interface Turn {
  /** Bytes of the request. */
  readonly bytes: number;
  readonly startedMs: number;
  answer: Answer | undefined;
  next: Turn | undefined;
}

/** Keeps answers in the order of their requests, whichever is ready first. */
export class AnswerQueue {
  readonly #write: (answer: Answer, startedMs: number) => void;
  #first: Turn | undefined;
  #last: Turn | undefined;
  #requests = 0;
  #bytes = 0;

  /** @param write called with each answer when its turn has come */
  constructor(write: (answer: Answer, startedMs: number) => void) {
    this.#write = write;
  }

  /** Requests without an answer that was written. */
  get requests(): number {
    return this.#requests;
  }

  /** Bytes of these requests. */
  get bytes(): number {
    return this.#bytes;
  }

  open(bytes: number, startedMs: number): Turn {
    const turn: Turn = { bytes, startedMs, answer: undefined, next: undefined };
    if (this.#last === undefined) this.#first = turn;
    else this.#last.next = turn;
    this.#last = turn;
    this.#requests++;
    this.#bytes += bytes;
    return turn;
  }

  settle(turn: Turn, answer: Answer): void {
    turn.answer = answer;
    while (this.#first?.answer !== undefined) {
      const { answer: ready, startedMs, bytes, next }: Turn = this.#first;
      this.#first = next;
      if (next === undefined) this.#last = undefined;
      this.#requests--;
      this.#bytes -= bytes;
      this.#write(ready!, startedMs);
    }
  }
}
