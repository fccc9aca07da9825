import type { Hint } from '../storage.js';

/** A payload of NOTIFY must be shorter than 8000 bytes. */
const MAX_PAYLOAD_BYTES = 7900;

/**
 * Hints as payloads, each a JSON array: who sends them, then by turns a subject and its last id, and behind `null` the
 * partitions that have changed.
 */
export function encodeHints(
  sender: string,
  subjects: ReadonlyMap<string, number>,
  partitions: ReadonlySet<string>,
): readonly string[] {
  const payloads: string[] = [];
  const payload = new Payload(sender);
  const add = (part: string, isPartition: boolean): void => {
    if (!payload.fits(part)) payloads.push(payload.take());
    payload.add(part, isPartition);
  };
  for (const [subject, lastId] of subjects) add(`,${asciiJson(subject)},${lastId}`, false);
  for (const partition of partitions) add(`,${asciiJson(partition)}`, true);
  if (!payload.empty) payloads.push(payload.take());
  return payloads;
}

/** The hints of a payload; none when it is this sender's own, or not one of ours. */
export function decodeHints(payload: string, self: string): readonly Hint[] {
  let parts: unknown;
  try {
    parts = JSON.parse(payload);
  } catch {
    return [];
  }
  if (!Array.isArray(parts) || parts[0] === self) return [];
  const hints: Hint[] = [];
  let index = 1;
  for (; index < parts.length && parts[index] !== null; index += 2) {
    const [subject, lastId] = [parts[index] as unknown, parts[index + 1] as unknown];
    if (typeof subject === 'string' && typeof lastId === 'number') hints.push({ kind: 'subject', subject, lastId });
  }
  for (const partition of parts.slice(index + 1) as unknown[]) {
    if (typeof partition === 'string') hints.push({ kind: 'partition', partition });
  }
  return hints;
}

/** One payload under construction. */
class Payload {
  readonly #start: string;
  #text: string;
  #inPartitions = false;

  constructor(sender: string) {
    this.#start = `[${JSON.stringify(sender)}`;
    this.#text = this.#start;
  }

  get empty(): boolean {
    return this.#text === this.#start;
  }

  fits(part: string): boolean {
    return this.empty || this.#text.length + part.length + 6 <= MAX_PAYLOAD_BYTES;
  }

  add(part: string, isPartition: boolean): void {
    if (isPartition && !this.#inPartitions) {
      this.#text += ',null';
      this.#inPartitions = true;
    }
    this.#text += part;
  }

  take(): string {
    const text = `${this.#text}]`;
    this.#text = this.#start;
    this.#inPartitions = false;
    return text;
  }
}

/** JSON in ASCII, so that its length is its bytes and every encoding of a database takes it. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
