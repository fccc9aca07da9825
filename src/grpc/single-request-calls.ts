import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { RpcListener, ServerStreamHandler, UnaryHandler } from './rpc-call.js';
import { type BoundMethod, type CallEnvironment, ServedCall } from './served-call.js';

function ignoreSent(): void {}

/** A call with exactly one request message, which its handler gets once the client has finished sending. */
abstract class SingleRequestCall extends ServedCall {
  #request: Buffer | undefined;

  protected abstract requested(request: Buffer): void;

  protected override opened(): void {
    this.lower.startRead();
  }

  protected override received(message: Buffer): void {
    if (this.#request !== undefined)
      throw new BrokerError('REQUEST_MALFORMED', 'the call has more than one request message');
    this.#request = message;
    this.lower.startRead();
  }

  protected override halfClosed(): void {
    if (this.#request === undefined) throw new BrokerError('REQUEST_MALFORMED', 'the call has no request message');
    this.requested(this.#request);
  }
}

export class UnaryCall extends SingleRequestCall {
  readonly #handler: UnaryHandler;
  #releaseAnswer = ignoreSent;

  constructor(
    lower: ServerInterceptingCallInterface,
    bound: BoundMethod,
    environment: CallEnvironment,
    handler: UnaryHandler,
  ) {
    super(lower, bound, environment);
    this.#handler = handler;
  }

  protected override requested(request: Buffer): void {
    this.traced(() => this.#handler(request, this)).then(
      (answer) => this.#answer(answer),
      (error: unknown) => this.end(toBrokerError(error)),
    );
  }

  #answer(answer: Buffer): void {
    if (this.ended) return;
    const release = this.environment.answerBudget.reserve(() => this.peer, answer.length);
    if (release === undefined) {
      this.end(new BrokerError('TOO_MANY_STREAMS', 'the connection has too many answers that are not read'));
      return;
    }
    this.#releaseAnswer = release;
    // In one tick, so that headers, message and trailers leave in one write.
    this.send(answer, release);
    this.end();
  }

  override onCancel(): void {
    super.onCancel();
    this.#releaseAnswer();
  }

  protected override cancelled(): void {}
}

export class ServerStreamCall extends SingleRequestCall {
  readonly #handler: ServerStreamHandler;
  #listener: Pick<RpcListener, 'onCancel'> | undefined;

  constructor(
    lower: ServerInterceptingCallInterface,
    bound: BoundMethod,
    environment: CallEnvironment,
    handler: ServerStreamHandler,
  ) {
    super(lower, bound, environment);
    this.#handler = handler;
  }

  protected override requested(request: Buffer): void {
    this.#listener = this.traced(() => this.#handler(request, this));
  }

  protected override cancelled(): void {
    this.#listener?.onCancel();
  }
}
