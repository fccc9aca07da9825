import type { OutgoingMessage } from '../../src/client/index.js';

/** Messages whose bodies are the ids that they get. */
export function numberedMessages(subject: string, from: number, to: number): readonly OutgoingMessage[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ subject, body: String(from + index) }));
}

/** 1, 2, 3 … */
export function idsTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
