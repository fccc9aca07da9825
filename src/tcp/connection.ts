import type { Socket } from 'node:net';
import type { Access } from '../auth/access.js';
import { AnswerQueue, type Turn } from './answer-queue.js';
import { AnswerStream } from './answer-stream.js';
import { DECODE_REQUEST, failure, success, type Answer } from './answer.js';
import type { ConnectionOptions } from './connection-options.js';
import { failureReason } from './failure-reason.js';
import { LineSplitter, OVERLONG_LINE } from './line-splitter.js';
import type { Operation, StreamOperation } from './operations.js';
import { UNAUTHORIZED } from './refusals.js';
import type { RequestBudget } from './request-budget.js';
import { readRequest, type Request } from './request.js';
import { StreamOperations } from './stream-operations.js';

/** Requests of one connection that may be without an answer, and their bytes; the rest waits in the network. */
const MAX_REQUESTS = 1024;
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/**
 * How long a client has to close its side after we closed ours. What it sends meanwhile is read and dropped: closing
 * with unread bytes would break off the answers that are still on their way.
 */
const LINGER_MS = 1000;

/** A request that has been read. */
interface Received {
  readonly request: Request;
  readonly bytes: number;
  readonly startedMs: number;
}

/**
 * One client. Its requests take effect one after another and are answered in order. Writes and marks begin while those
 * before them are still on their way to the storage, which keeps their order; every other request waits until all
 * before it are done.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #lines: LineSplitter;
  readonly #answers: AnswerStream;
  readonly #budget: RequestBudget;
  readonly #queue: AnswerQueue;
  readonly #operations: StreamOperations;
  /** Waits until nothing else is under way. */
  #held: Received | undefined;
  /** Nothing may begin beside what is under way. */
  #exclusive = false;
  /** No more bytes will be looked at. */
  #inputEnded = false;
  #closing = false;
  /** When something was last received, answered, or read by the client. */
  #activeMs: number;
  #seenWaitingBytes = 0;
  #cancelLinger = (): void => {};

  /** @param budget shared with the other connections of the server */
  constructor(socket: Socket, options: ConnectionOptions, budget: RequestBudget) {
    this.#socket = socket;
    this.#options = options;
    this.#activeMs = options.clock.monotonicMs();
    this.#lines = new LineSplitter(options.maxLineBytes);
    // Before anybody else hears of it and calls us again.
    socket.once('close', () => this.#forget());
    this.#answers = new AnswerStream(socket, this.#advance);
    this.#budget = budget;
    this.#queue = new AnswerQueue(budget, (answer, startedMs) => this.#write(answer, startedMs));
    this.#operations = new StreamOperations(options, this.#answers);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('end', () => this.#endInput());
    // What is broken is closed, and that is all there is to do about it.
    socket.on('error', () => {});
  }

  /** Reads no more, answers the requests that have been received, and closes. */
  stop(): void {
    this.#inputEnded = true;
    this.#advance();
  }

  /** Breaks the connection when it has got nothing done for too long. To be called every now and then. */
  checkIdle(): void {
    const { clock, idleTimeoutMs } = this.#options;
    const nowMs = clock.monotonicMs();
    const waitingBytes = this.#answers.waitingBytes;
    const working = (this.#exclusive || this.#queue.requests > 0) && waitingBytes === 0;
    if (working || waitingBytes !== this.#seenWaitingBytes) this.#activeMs = nowMs;
    this.#seenWaitingBytes = waitingBytes;
    if (nowMs - this.#activeMs >= idleTimeoutMs) this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#inputEnded || this.#closing) return;
    this.#lines.push(chunk);
    this.#advance();
  }

  /** The client has closed its side. */
  #endInput(): void {
    if (!this.#inputEnded) this.#lines.end();
    this.#inputEnded = true;
    this.#advance();
  }

  /** Begins as many of the received requests as may be under way now. */
  readonly #advance = (): void => {
    while (!this.#closing) {
      if (this.#mustWait()) {
        this.#socket.pause();
        return;
      }
      if (this.#held !== undefined) {
        const held = this.#held;
        this.#held = undefined;
        this.#begin(held);
        continue;
      }
      const line = this.#lines.next();
      if (line === undefined) {
        if (!this.#inputEnded) this.#socket.resume();
        else if (this.#queue.requests === 0) this.#close();
        return;
      }
      this.#take(line);
    }
  };

  #mustWait(): boolean {
    if (this.#exclusive || this.#answers.isFull) return true;
    if (this.#held !== undefined) return this.#queue.requests > 0;
    if (this.#queue.requests >= MAX_REQUESTS || this.#queue.bytes >= MAX_REQUEST_BYTES) return true;
    if (this.#queue.requests === 0 || !this.#budget.isSpent) return false;
    this.#budget.onLeft(this.#advance);
    return true;
  }

  #take(line: Buffer | typeof OVERLONG_LINE): void {
    const startedMs = this.#options.clock.monotonicMs();
    this.#activeMs = startedMs;
    if (line === OVERLONG_LINE) {
      this.#reject(0, startedMs, `request line is longer than ${this.#options.maxLineBytes} bytes`);
      return;
    }
    let request: Request;
    try {
      request = readRequest(line);
    } catch (error) {
      this.#reject(line.length, startedMs, failureReason(error, {}, this.#options.logger));
      return;
    }
    const received = { request, bytes: line.length, startedMs };
    if (isConcurrent(request.operation) || this.#queue.requests === 0) this.#begin(received);
    else this.#held = received;
  }

  /** Answers what is no request. */
  #reject(bytes: number, startedMs: number, reason: string): void {
    this.#queue.settle(this.#queue.open(bytes, startedMs), failure(DECODE_REQUEST, reason));
  }

  #begin({ request, bytes, startedMs }: Received): void {
    const turn = this.#queue.open(bytes, startedMs);
    const { operation } = request;
    if (operation === 'health' || operation === 'exit') {
      this.#queue.settle(turn, success(operation));
      if (operation === 'exit') this.#close();
      return;
    }
    if (request.clientId === '') return this.#refuse(turn, operation);
    let access: Access | Promise<Access>;
    try {
      access = this.#options.authenticator.verify(request.clientId, request.clientSecret);
    } catch (error) {
      return this.#refuse(turn, operation, error);
    }
    if (!('then' in access)) return this.#run(turn, operation, request, access);
    this.#exclusive = true;
    access.then(
      (verified) => {
        this.#exclusive = false;
        if (!this.#closing) this.#run(turn, operation, request, verified);
        this.#advance();
      },
      (error: unknown) => {
        this.#exclusive = false;
        this.#refuse(turn, operation, error);
      },
    );
  }

  #refuse(turn: Turn, operation: StreamOperation, error?: unknown): void {
    const { authObserver, logger } = this.#options;
    const reason = error === undefined ? UNAUTHORIZED : failureReason(error, {}, logger);
    if (reason === UNAUTHORIZED) authObserver?.authenticationFailed('tcp');
    this.#queue.settle(turn, failure(operation, reason));
  }

  #run(turn: Turn, operation: StreamOperation, request: Request, access: Access): void {
    const exclusive = !isConcurrent(operation);
    if (exclusive) this.#exclusive = true;
    this.#operations.run(operation, request, access).then(
      (answer) => {
        if (exclusive) this.#exclusive = false;
        this.#queue.settle(turn, answer);
      },
      (error: unknown) => {
        if (!this.#socket.destroyed) this.#options.logger.warn({ err: error, operation }, 'answer broken off');
        this.#socket.destroy();
      },
    );
  }

  /** What follows from an answer that was written, begins once it has been flushed. */
  #write({ operation, ok, text }: Answer, startedMs: number): void {
    const { clock, observer } = this.#options;
    this.#answers.write(text);
    this.#activeMs = clock.monotonicMs();
    observer?.requestHandled(operation, ok ? 'ok' : 'failed', (this.#activeMs - startedMs) / 1000);
  }

  #forget(): void {
    this.#closing = true;
    this.#cancelLinger();
    this.#queue.close();
    this.#budget.forget(this.#advance);
  }

  #close(): void {
    this.#closing = true;
    this.#answers.end(() => {
      if (this.#socket.destroyed) return;
      this.#cancelLinger = this.#options.clock.after(LINGER_MS, () => this.#socket.destroy());
    });
    this.#socket.resume();
  }
}

/** Whether an operation may begin before an earlier one that may too is done. */
function isConcurrent(operation: Operation): boolean {
  return operation === 'write_event' || operation === 'mark_event';
}
