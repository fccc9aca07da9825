import type { Answer } from './answer.js';
import type { RequestBudget } from './request-budget.js';

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
  readonly #budget: RequestBudget;
  readonly #write: (answer: Answer, startedMs: number) => void;
  #first: Turn | undefined;
  #last: Turn | undefined;
  #requests = 0;
  #bytes = 0;
  #closed = false;

  /**
   * @param budget shared with other connections
   * @param write called with each answer when its turn has come
   */
  constructor(budget: RequestBudget, write: (answer: Answer, startedMs: number) => void) {
    this.#budget = budget;
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
    this.#budget.take(bytes);
    return turn;
  }

  settle(turn: Turn, answer: Answer): void {
    if (this.#closed) return;
    turn.answer = answer;
    while (this.#first?.answer !== undefined) {
      const { answer: ready, startedMs, bytes, next }: Turn = this.#first;
      this.#first = next;
      if (next === undefined) this.#last = undefined;
      this.#requests--;
      this.#bytes -= bytes;
      this.#budget.give(1, bytes);
      this.#write(ready!, startedMs);
    }
  }

  /** Nobody is there to be answered any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#budget.give(this.#requests, this.#bytes);
  }
}
