import { messageSize } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type { ReadRange, ReadResult } from '../storage.js';

/** Bytes that an answer may still hold; the first message goes in however large it is. */
export class Room {
  #bytes: number;
  #empty = true;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get full(): boolean {
    return !this.#empty && this.#bytes <= 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when there is no room for the message. */
  take(message: Message): boolean {
    const size = messageSize(message);
    if (!this.#empty && size > this.#bytes) return false;
    this.#empty = false;
    this.#bytes -= size;
    return true;
  }

  /** What of a range's answer fits. */
  cut(range: ReadRange, result: ReadResult): ReadResult {
    for (const [index, message] of result.messages.entries()) {
      if (this.take(message)) continue;
      return { ...result, messages: result.messages.slice(0, index), nextId: index === 0 ? range.fromId : message.id };
    }
    return result;
  }
}
