import { hash } from 'node:crypto';

/**
 * What clients did and saw, for `check-history.ts`. Times are nanoseconds of one monotonic clock; an operation takes
 * effect, if it does, between its two times. The digest of a body stands for the body: no two operations publish equal
 * bodies.
 */
export type Operation = PublishOperation | FetchOperation | ReadOperation;

/** One publish, its retries under the same idempotency key included. */
export interface PublishOperation {
  readonly op: 'publish';
  readonly client: string;
  readonly subject: string;
  readonly sha: string;
  readonly invokeNs: number;
  readonly returnNs: number;
  /** `refused`: the broker said that it did not store it. `unknown`: it may be stored, once, or not. */
  readonly outcome: 'acked' | 'refused' | 'unknown';
  /** 0 unless acked. */
  readonly id: number;
  /** Fire and forget: takes an id, may be seen by subscribers and is never part of the log. */
  readonly transient?: true;
}

export interface FetchOperation {
  readonly op: 'fetch';
  readonly client: string;
  readonly subject: string;
  readonly id: number;
  readonly invokeNs: number;
  readonly returnNs: number;
  readonly outcome: 'found' | 'absent';
  /** Empty unless found. */
  readonly sha: string;
}

/** A subscription over one stream, or a listing: messages as they came. */
export interface ReadOperation {
  readonly op: 'subscribe' | 'list';
  readonly client: string;
  /** The id after which reading begins, by subject. */
  readonly after: Readonly<Record<string, number>>;
  readonly seen: readonly SeenMessages[];
  /** The reader had all the time it wanted: it must have got to the end of the log. */
  complete: boolean;
}

/** Messages of one subject that came together. */
export interface SeenMessages {
  readonly subject: string;
  readonly seenNs: number;
  readonly ids: readonly number[];
  readonly shas: readonly string[];
}

export interface StoredMessage {
  readonly id: number;
  readonly sha: string;
}

/** By subject, in the order in which they were read when everything was over. */
export type FinalLog = ReadonlyMap<string, readonly StoredMessage[]>;

/** 96 bits of SHA-256: enough to tell millions of bodies apart, and short, because millions are kept. */
export function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'base64').slice(0, 16);
}

/** Collects the operations of all clients of one process. */
export class History {
  readonly operations: Operation[] = [];
  readonly #startNs = process.hrtime.bigint();

  nowNs(): number {
    return Number(process.hrtime.bigint() - this.#startNs);
  }

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  /** Begins to record what a reader gets. */
  read(op: ReadOperation['op'], client: string, after: ReadonlyMap<string, number>): ReadRecorder {
    const recorder = new ReadRecorder(this, op, client, after);
    this.operations.push(recorder.operation);
    return recorder;
  }
}

export class ReadRecorder {
  readonly operation: ReadOperation;
  readonly #history: History;
  readonly #seen: SeenMessages[] = [];

  constructor(history: History, op: ReadOperation['op'], client: string, after: ReadonlyMap<string, number>) {
    this.#history = history;
    this.operation = { op, client, after: Object.fromEntries(after), seen: this.#seen, complete: false };
  }

  /** Records messages that came together. */
  saw(messages: readonly { readonly subject: string; readonly id: number; readonly body: Uint8Array }[]): void {
    const seenNs = this.#history.nowNs();
    for (let from = 0; from < messages.length;) {
      const subject = messages[from]?.subject ?? '';
      const end = messages.findIndex((message, index) => index > from && message.subject !== subject);
      const run = messages.slice(from, end === -1 ? messages.length : end);
      this.#seen.push({
        subject,
        seenNs,
        ids: run.map(({ id }) => id),
        shas: run.map(({ body }) => digestOf(body)),
      });
      from += run.length;
    }
  }
}
